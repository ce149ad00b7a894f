using StreamEtl.Errors;

namespace StreamEtl.Parquet.Reading;

/// <summary>What is wrong, thrown where it is found and where neither file nor column is known; the source turns it into a <see cref="StreamEtlException"/> that says where.</summary>
internal sealed class ParquetFault(ErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Damage, or a feature that is not supported.</summary>
    public ErrorKind Kind { get; } = kind;

    /// <summary>A file that does not say what the format demands.</summary>
    public static ParquetFault Damaged(string message) => new(ErrorKind.DamagedParquet, message);

    /// <summary>A valid file with something that is not read.</summary>
    public static ParquetFault Unsupported(string message) => new(ErrorKind.Unsupported, message);

    /// <summary>A valid file whose pages do not fit.</summary>
    public static ParquetFault TooLarge(string message) => new(ErrorKind.MemoryTooSmall, message);
}
