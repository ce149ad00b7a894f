using StreamEtl.Errors;

namespace StreamEtl.Sinks;

/// <summary>
/// Writes front to back: gathers small writes, passes large ones on, counts bytes, and turns faults into <see cref="StreamEtlException"/>. Writes are
/// synchronous: the system's cache takes them at memory speed. Owns the inner stream.
/// </summary>
internal sealed class OutputStream(Stream inner, string path) : WriteOnlyStream
{
    private const int BufferBytes = 64 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _length;
    private bool _failed;

    /// <summary>Bytes taken so far.</summary>
    public override long Length => _length;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > BufferBytes - _buffered)
        {
            Flush();
            if (buffer.Length >= BufferBytes)
            {
                WriteThrough(buffer);
                _length += buffer.Length;
                return;
            }
        }
        buffer.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += buffer.Length;
        _length += buffer.Length;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        int count = _buffered;
        _buffered = 0;
        WriteThrough(_buffer.AsSpan(0, count));
    }

    /// <summary>Closes without writing what is still gathered: only a flush makes bytes count.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        if (_failed)
        {
            throw new StreamEtlException(ErrorKind.Internal, "a write followed a failed one", new RecordPosition(path, 0, -1));
        }
        if (bytes.IsEmpty)
        {
            return;
        }
        try
        {
            inner.Write(bytes);
        }
        catch (IOException e)
        {
            _failed = true;
            throw OutputFault.From(e, path, _length);
        }
    }
}
