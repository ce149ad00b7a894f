namespace StreamEtl.Perf.Scopes;

/// <summary>How far the bytes of a file travel. Each scope does all that the ones before it do, so the difference of two is what a stage costs.</summary>
internal enum Scope
{
    /// <summary>From the page cache to a buffer: no program that reads a file does less.</summary>
    Memcpy,

    /// <summary>Read through the source and scanned: blocks of whole records, and where their fields end. One thread, whatever the number of threads.</summary>
    Frame,

    /// <summary>Through the graph from here on. Fields become views, every column as text.</summary>
    Parse,

    /// <summary>Values under their inferred types.</summary>
    Types,

    /// <summary>Hashes of key and row.</summary>
    Hash,

    /// <summary>Rows seen before are dropped.</summary>
    Dedupe,

    /// <summary>All rows compared, as NEW, with an OLD that has none.</summary>
    Diff,

    /// <summary>Parquet, into nothing.</summary>
    Encode,

    /// <summary>With opening, sampling and a file that is committed.</summary>
    Whole,
}
