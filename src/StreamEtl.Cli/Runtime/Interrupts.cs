using System.Runtime.InteropServices;

namespace StreamEtl.Cli.Runtime;

/// <summary>Ctrl-C, SIGTERM and SIGHUP: the first asks the run to stop and clean up, a second ends the process at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _told;
    private int _signal;

    /// <summary>Listens until disposed. <paramref name="told"/> runs at the first signal.</summary>
    public Interrupts(Action told)
    {
        _told = told;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Handle(c, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Handle(c, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => Handle(c, 1)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit status that the signal asks for, or null.</summary>
    public int? ExitStatus => Volatile.Read(ref _signal) is > 0 and var signal ? ExitCode.Signal + signal : null;

    private void Handle(PosixSignalContext context, int signal)
    {
        if (Interlocked.CompareExchange(ref _signal, signal, 0) != 0)
        {
            // Left to the system's default, which ends the process.
            return;
        }
        context.Cancel = true;
        _told();
        _source.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }
}
