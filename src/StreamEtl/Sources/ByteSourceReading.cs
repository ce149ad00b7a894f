namespace StreamEtl.Sources;

/// <summary>Reading more than one call gives.</summary>
internal static class ByteSourceReading
{
    /// <summary>Reads until <paramref name="destination"/> is full or the source ends; returns the bytes read.</summary>
    public static async ValueTask<int> ReadFullyAsync(
        this IByteSource source,
        Memory<byte> destination,
        CancellationToken cancellationToken
    )
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            int count = await source.ReadAsync(destination[filled..], cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }
            filled += count;
        }
        return filled;
    }
}
