namespace StreamEtl.Pipeline;

/// <summary>
/// Bounds the bytes in flight. Dataflow's BoundedCapacity counts messages; this counts what they hold, from before a unit is read until its
/// batch is disposed. One waiter (the pump), many leavers.
/// </summary>
internal sealed class ByteGate(long capacity)
{
    private readonly Lock _lock = new();
    private long _used;
    private long _held;
    private long _wanted;
    private TaskCompletionSource? _waiter;

    /// <summary>Bytes that may be in flight.</summary>
    public long Capacity { get; } = capacity;

    /// <summary>
    /// Waits until <paramref name="bytes"/> fit, or until nothing moves but what the gathering stage holds back: then only more input can
    /// complete its part, and a single unit larger than the gate must still pass.
    /// </summary>
    public async ValueTask EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        Task wait;
        lock (_lock)
        {
            if (Fits(bytes))
            {
                _used += bytes;
                return;
            }
            _wanted = bytes;
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wait = _waiter.Task;
        }
        await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Corrects an estimate once the real size is known (positive or negative); never waits.</summary>
    public void Adjust(long difference)
    {
        lock (_lock)
        {
            _used += difference;
            Wake();
        }
    }

    /// <summary>Tells how many of the bytes in flight wait for more input.</summary>
    public void SetHeld(long bytes)
    {
        lock (_lock)
        {
            _held = bytes;
            Wake();
        }
    }

    private bool Fits(long bytes) => _used + bytes <= Capacity || _used <= _held;

    private void Wake()
    {
        if (_waiter is { } waiter && Fits(_wanted))
        {
            _used += _wanted;
            _waiter = null;
            waiter.SetResult();
        }
    }
}
