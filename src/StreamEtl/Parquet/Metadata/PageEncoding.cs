namespace StreamEtl.Parquet.Metadata;

/// <summary>How the values of a page are encoded; the numbers are those of <c>Encoding</c> in parquet.thrift.</summary>
internal enum PageEncoding
{
    /// <summary>Values one after the other.</summary>
    Plain = 0,

    /// <summary>Old name of <see cref="RleDictionary"/> on data pages and of <see cref="Plain"/> on dictionary pages.</summary>
    PlainDictionary = 2,

    /// <summary>Runs and bit-packed groups: levels and booleans.</summary>
    Rle = 3,

    /// <summary>Levels packed from the top bit down; written by old tools only.</summary>
    BitPacked = 4,

    /// <summary>Integers as bit-packed differences.</summary>
    DeltaBinaryPacked = 5,

    /// <summary>All lengths, then all bytes.</summary>
    DeltaLengthByteArray = 6,

    /// <summary>Each value as the prefix shared with its predecessor and a suffix.</summary>
    DeltaByteArray = 7,

    /// <summary>Indexes into the dictionary page.</summary>
    RleDictionary = 8,

    /// <summary>The first byte of each value, then the second of each, and so on.</summary>
    ByteStreamSplit = 9,
}
