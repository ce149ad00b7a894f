namespace StreamEtl.Sinks;

/// <summary>Writes a file front to back, stored as <see cref="WriteBehind"/> says. Owns the file.</summary>
internal sealed class WriteBehindStream(FileStream file) : WriteOnlyStream
{
    private WriteBehind _behind;
    private long _written;

    /// <inheritdoc/>
    public override long Length => _written;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        file.Write(buffer);
        _written += buffer.Length;
        _behind.Wrote(file.SafeFileHandle, _written);
    }

    /// <inheritdoc/>
    public override void Flush() => file.Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }
        base.Dispose(disposing);
    }
}
