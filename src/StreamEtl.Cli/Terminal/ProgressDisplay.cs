using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Terminal;

/// <summary>Shows how far a run is. Called from the engine's threads; draws at most ten times a second, and wipes its line when it ends.</summary>
internal sealed class ProgressDisplay(ProgressMode mode, TextWriter output, Func<int> width, Action<string> writeLine)
    : IProgress<RunProgress>,
        IDisposable
{
    private const string Wipe = "\r\e[K";
    private readonly Lock _lock = new();
    private readonly TimeSpan _pause = TimeSpan.FromSeconds(mode == ProgressMode.Bar ? 0.1 : 1);
    private RunProgress? _phaseStart;
    private TimeSpan _next;
    private bool _drawn;
    private bool _ended;

    /// <inheritdoc/>
    public void Report(RunProgress value)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }
            if (_phaseStart?.Phase != value.Phase)
            {
                _phaseStart = value;
            }
            if (value.Elapsed < _next)
            {
                return;
            }
            _next = value.Elapsed + _pause;
            if (mode == ProgressMode.Bar)
            {
                // The last column stays free: a full line would wrap on some terminals.
                output.Write(Wipe + ProgressText.Bar(value, _phaseStart, width() - 1));
                output.Flush();
                _drawn = true;
            }
            else
            {
                writeLine(ProgressText.Plain(value, _phaseStart));
            }
        }
    }

    /// <summary>Wipes the line; later reports are dropped.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            if (_drawn)
            {
                output.Write(Wipe);
                output.Flush();
            }
        }
    }
}
