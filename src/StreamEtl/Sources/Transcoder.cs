namespace StreamEtl.Sources;

/// <summary>Turns one encoding into UTF-8, piece by piece.</summary>
internal abstract class Transcoder
{
    /// <summary>Smallest destination that always lets a conversion make progress.</summary>
    public const int MinDestination = 64;

    /// <summary>
    /// Converts a prefix of <paramref name="source"/>. With no progress more input is needed, unless <paramref name="isLast"/>, when everything has been converted.
    /// </summary>
    /// <exception cref="InvalidTextException">A sequence that the encoding does not have.</exception>
    public abstract void Convert(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int consumed, out int written);
}
