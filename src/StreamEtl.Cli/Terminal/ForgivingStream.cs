using StreamEtl.Sinks;

namespace StreamEtl.Cli.Terminal;

/// <summary>Passes bytes on, and drops them once the other end is gone: that nobody reads messages any more is no reason to fail a run.</summary>
internal sealed class ForgivingStream(Stream inner, Func<Exception, bool> forgives) : WriteOnlyStream
{
    private bool _gone;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_gone)
        {
            return;
        }
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (forgives(e))
        {
            _gone = true;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
