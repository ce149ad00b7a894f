using System.Buffers;
using System.Security.Cryptography;
using StreamEtl.Sources;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>Holds files of a table against what commit records say of them.</summary>
internal static class FileCheck
{
    private const int BlockBytes = 1 << 20;

    /// <summary>What is wrong with a Parquet file, or null.</summary>
    public static async ValueTask<string?> FaultAsync(IRandomBytes bytes, TableFile file, CancellationToken cancellationToken)
    {
        long length = bytes.Info.Length!.Value;
        if (length != file.Bytes)
        {
            return $"it has {length} bytes where its commit record says {file.Bytes}";
        }
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (long offset = 0; offset < length; )
            {
                int count = (int)Math.Min(BlockBytes, length - offset);
                await bytes.ReadAsync(offset, block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                hash.AppendData(block, 0, count);
                offset += count;
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Sha256
                ? null
                : "its SHA-256 is not the one in its commit record: its content was changed";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
