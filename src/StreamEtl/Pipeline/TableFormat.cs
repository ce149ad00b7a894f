namespace StreamEtl.Pipeline;

/// <summary>The file formats that data verbs read and write.</summary>
internal enum TableFormat
{
    /// <summary>Delimited text; the delimiter is found from the data.</summary>
    Csv,

    /// <summary>Tab-separated text.</summary>
    Tsv,

    /// <summary>One JSON array of objects.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    NdJson,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}
