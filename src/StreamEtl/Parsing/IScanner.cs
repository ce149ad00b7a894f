using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>Finds the fields and records of a block that starts at a record. Every implementation gives the same index for every input.</summary>
internal interface IScanner
{
    /// <summary>The name that <c>STREAMETL_SCANNER</c> knows it by.</summary>
    string Name { get; }

    /// <summary>
    /// Fills an empty index with the whole records of <paramref name="block"/> and returns the bytes that they take: the frame. A last record without a line ending
    /// is whole only when <paramref name="isLast"/> says that the input ends here; so is one that ends with a CR, whose LF may be in the next block.
    /// </summary>
    int Scan(ReadOnlySpan<byte> block, bool isLast, CsvDialect dialect, FieldIndex index);
}
