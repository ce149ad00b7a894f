using StreamEtl.Batches;

namespace StreamEtl.Types;

/// <summary>Texts that were found and resolved before.</summary>
internal sealed class KnownTexts(byte[] bytes, TextView[] views, ulong[]? nulls) : ITexts
{
    /// <inheritdoc/>
    public byte[] Bytes => bytes;

    /// <inheritdoc/>
    public ulong Find(int first, int last, Span<TextView> texts)
    {
        views.AsSpan(first, last - first).CopyTo(texts);
        return nulls is null ? 0 : nulls[first >> 6];
    }

    /// <inheritdoc/>
    public TextView Resolve(int row, TextView found, out bool isNull)
    {
        isNull = false;
        return found;
    }
}
