using StreamEtl.Sinks;

namespace StreamEtl.Storage;

/// <summary>An <see cref="IDiskFile"/> being written, as a stream; owns it.</summary>
internal sealed class AppendStream(IDiskFile file) : WriteOnlyStream
{
    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => file.Append(buffer);

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
