namespace StreamEtl.Parquet.Metadata;

/// <summary>How often a field occurs in its parent; the numbers are those of <c>FieldRepetitionType</c> in parquet.thrift.</summary>
internal enum Repetition
{
    /// <summary>Once.</summary>
    Required = 0,

    /// <summary>Once or not at all (NULL).</summary>
    Optional = 1,

    /// <summary>Any number of times.</summary>
    Repeated = 2,
}
