using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Json;

/// <summary>Reads a JSON input block by block, cut between records.</summary>
internal sealed class JsonBlocks : IAsyncDisposable
{
    private readonly IByteSource _bytes;
    private readonly JsonFraming _framing;
    private readonly int _mostRecordBytes;
    private byte[] _carry;
    private long _offset;
    private bool _ended;

    private JsonBlocks(IByteSource bytes, JsonFraming framing, byte[] first, int mostRecordBytes)
    {
        _bytes = bytes;
        _framing = framing;
        _carry = first;
        _mostRecordBytes = mostRecordBytes;
    }

    /// <summary>The input.</summary>
    public SourceInfo Info => _bytes.Info;

    /// <summary>Stored bytes consumed.</summary>
    public long Position => _bytes.Position;

    /// <summary>Opens an input and sees whether it is an array.</summary>
    public static async ValueTask<JsonBlocks> OpenAsync(IByteInput input, JsonReadOptions options, CancellationToken cancellationToken)
    {
        IByteSource stored = await input.OpenAsync(cancellationToken).ConfigureAwait(false);
        TextSource text = await TextSource.OpenAsync(stored, options.Encoding, cancellationToken).ConfigureAwait(false);
        byte[] head = new byte[4096];
        int length = await text.ReadFullyAsync(head, cancellationToken).ConfigureAwait(false);
        int first = head.AsSpan(0, length).IndexOfAnyExcept(" \t\r\n"u8);
        return new JsonBlocks(text, new JsonFraming(first >= 0 && head[first] == '['), head[..length], options.MaxRecordBytes);
    }

    /// <summary>The next unit; null at the end.</summary>
    public async ValueTask<JsonUnit?> ReadAsync(BufferPool pool, int target, CancellationToken cancellationToken)
    {
        BufferLease lease = pool.Lease();
        try
        {
            int size = Math.Max(target, _carry.Length * 2);
            byte[] block = lease.Rent<byte>(size + TextConverter.Slack);
            int length = _carry.Length;
            _carry.CopyTo(block, 0);
            while (true)
            {
                int read = _ended
                    ? 0
                    : await _bytes.ReadFullyAsync(block.AsMemory(length, size - length), cancellationToken).ConfigureAwait(false);
                _ended |= read < size - length;
                length += read;
                if (length == 0)
                {
                    lease.Dispose();
                    return null;
                }
                var records = new JsonRecords(lease);
                int used = _framing.Scan(block.AsSpan(0, length), _ended, records, out int lines);
                if (used > 0)
                {
                    _carry = block[used..length];
                    var unit = new JsonUnit(lease, block, used, records, _offset, lines);
                    _offset += used;
                    return unit;
                }
                if (length >= _mostRecordBytes)
                {
                    throw new StreamEtlException(
                        ErrorKind.RecordTooLong,
                        $"a record is longer than {_mostRecordBytes} bytes",
                        new RecordPosition(Info.Name, 0, _offset),
                        "if records are really that long, raise --max-record"
                    );
                }
                size = (int)Math.Min((long)size * 2, Math.Max(_mostRecordBytes, length + 1));
                lease.Grow(ref block, length, size + TextConverter.Slack);
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bytes.DisposeAsync();
}
