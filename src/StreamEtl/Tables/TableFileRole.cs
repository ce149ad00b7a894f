namespace StreamEtl.Tables;

/// <summary>What a Parquet file is to its table.</summary>
public enum TableFileRole
{
    /// <summary>All rows at one time.</summary>
    Full,

    /// <summary>Rows that came, changed or went, with <c>_cdc_operation</c>.</summary>
    Changes,
}
