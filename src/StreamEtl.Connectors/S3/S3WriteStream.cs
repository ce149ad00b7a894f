namespace StreamEtl.Connectors.S3;

/// <summary>Gathers what is written into parts and hands them on. Waits while as many parts as may be are on their way.</summary>
internal sealed class S3WriteStream(S3Bucket bucket, S3Upload upload) : Stream
{
    private const int SmallBuffer = 64 << 10;

    private byte[] _part = [];
    private int _filled;
    private long _length;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>Bytes taken so far.</summary>
    public override long Length => _length;

    /// <summary>The same; it cannot be set.</summary>
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>What has not been handed on.</summary>
    public ReadOnlyMemory<byte> Rest => _part.AsMemory(0, _filled);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        upload.ThrowIfFailed();
        while (!buffer.IsEmpty)
        {
            if (_filled == upload.PartBytes)
            {
                bucket.Uploads.Wait();
                HandOn();
            }
            int count = Take(buffer.Length);
            buffer[..count].CopyTo(_part.AsSpan(_filled));
            _filled += count;
            _length += count;
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        upload.ThrowIfFailed();
        while (!buffer.IsEmpty)
        {
            if (_filled == upload.PartBytes)
            {
                await bucket.Uploads.WaitAsync(cancellationToken).ConfigureAwait(false);
                HandOn();
            }
            int count = Take(buffer.Length);
            buffer.Span[..count].CopyTo(_part.AsSpan(_filled));
            _filled += count;
            _length += count;
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Hands on the last part, which may be shorter than the others.</summary>
    public async ValueTask SendRestAsync(CancellationToken cancellationToken)
    {
        upload.ThrowIfFailed();
        if (_filled > 0)
        {
            await bucket.Uploads.WaitAsync(cancellationToken).ConfigureAwait(false);
            HandOn();
        }
    }

    /// <summary>Does nothing: a part must have its size.</summary>
    public override void Flush()
    {
        // Bytes count once they are committed, not before.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bucket.ReturnPart(_part);
            _part = [];
            _filled = 0;
        }
        base.Dispose(disposing);
    }

    /// <summary>Makes room, and says how many of so many bytes fit. The first buffer grows as it fills, since most objects are small; after it comes part upon part.</summary>
    private int Take(int count)
    {
        int full = upload.PartBytes;
        if (_part.Length < full && _filled + count > _part.Length)
        {
            int size = upload.Parts > 0 ? full : (int)Math.Min(full, Math.Max(SmallBuffer, 2L * Math.Max(_part.Length, _filled + count)));
            byte[] larger = size == bucket.Options.PartBytes ? bucket.RentPart() : GC.AllocateUninitializedArray<byte>(size);
            _part.AsSpan(0, _filled).CopyTo(larger);
            _part = larger;
        }
        return Math.Min(count, Math.Min(full, _part.Length) - _filled);
    }

    private void HandOn()
    {
        upload.Send(_part, _filled);
        _part = [];
        _filled = 0;
    }
}
