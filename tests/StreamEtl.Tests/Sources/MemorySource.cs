using StreamEtl.Sources;

namespace StreamEtl.Tests.Sources;

/// <summary>Bytes that arrive in pieces of given sizes, repeated; every read may return less than asked for.</summary>
internal sealed class MemorySource(byte[] bytes, string name, params int[] pieces) : IByteSource
{
    private int _reads;

    public SourceInfo Info { get; } = new(name, bytes.Length);

    public long Position { get; private set; }

    public bool Disposed { get; private set; }

    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        int piece = pieces.Length == 0 ? int.MaxValue : pieces[_reads++ % pieces.Length];
        int count = (int)Math.Min(Math.Min(piece, destination.Length), bytes.Length - Position);
        bytes.AsMemory((int)Position, count).CopyTo(destination);
        Position += count;
        return new ValueTask<int>(count);
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads a source to its end with destinations of a size.</summary>
    public static async Task<byte[]> ReadAllAsync(IByteSource source, int block = 100_000)
    {
        var all = new MemoryStream();
        var buffer = new byte[block];
        int count;
        while ((count = await source.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            all.Write(buffer, 0, count);
        }
        return all.ToArray();
    }
}
