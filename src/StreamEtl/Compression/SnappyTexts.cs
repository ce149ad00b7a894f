namespace StreamEtl.Compression;

/// <summary>
/// A way to make Snappy blocks of texts that lie end to end, by knowing where each ends: nothing is searched, so it takes a fraction of <see cref="Snappy"/>'s time. What it saves depends on the
/// texts, and is measured before it is chosen.
/// </summary>
internal abstract class SnappyTexts
{
    /// <summary>How far back a copy begins at most: it has two bytes to say so.</summary>
    public const int Reach = ushort.MaxValue;

    /// <summary>
    /// Compresses; returns the bytes written. <paramref name="ends"/>: where the texts end, ascending, counted from <paramref name="offset"/> bytes before the source; those that end before it are
    /// passed over. <paramref name="destination"/> holds at least <see cref="Snappy.MaxCompressedLength"/>.
    /// </summary>
    public abstract int Compress(ReadOnlySpan<byte> source, ReadOnlySpan<int> ends, int offset, Span<byte> destination);
}
