using System.Security.Cryptography;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>Reads whole inputs for what their bytes sum up to.</summary>
internal static class InputBytes
{
    private const int BlockBytes = 256 << 10;

    /// <summary>Adds the bytes of a text, decompressed.</summary>
    public static async ValueTask HashAsync(IByteInput input, IncrementalHash hash, CancellationToken cancellationToken)
    {
        IByteSource source = await input.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            byte[] block = new byte[BlockBytes];
            int count;
            while ((count = await source.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(block.AsSpan(0, count));
            }
        }
    }

    /// <summary>Adds the bytes of a file that is read in any order; it stays open.</summary>
    public static async ValueTask HashAsync(IRandomBytes bytes, IncrementalHash hash, CancellationToken cancellationToken)
    {
        long length = bytes.Info.Length!.Value;
        byte[] block = new byte[(int)Math.Min(BlockBytes, length)];
        for (long offset = 0; offset < length; offset += block.Length)
        {
            int count = (int)Math.Min(block.Length, length - offset);
            await bytes.ReadAsync(offset, block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            hash.AppendData(block.AsSpan(0, count));
        }
        bytes.VerifyUnchanged();
    }
}
