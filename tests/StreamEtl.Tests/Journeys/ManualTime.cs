namespace StreamEtl.Tests.Journeys;

/// <summary>A clock that stands still until a test moves it on: what waits for it is not late when the machine is busy.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiters = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <summary>Moves the clock on, and wakes what waited until then or less.</summary>
    public void Advance(TimeSpan by)
    {
        List<Waiter> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _waiters.Where(w => w.Due <= _now)];
            _waiters.RemoveAll(due.Contains);
        }
        due.ForEach(static w => w.Call());
    }

    /// <summary>Moves the clock on once something waits for it, or not at all when <paramref name="other"/> ends first.</summary>
    public async Task AdvanceWaitersAsync(TimeSpan by, Task other)
    {
        while (!other.IsCompleted)
        {
            if (IsWaitedFor())
            {
                Advance(by);
                return;
            }
            await Task.Delay(1);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var waiter = new Waiter(this, () => callback(state));
        waiter.Change(dueTime, period);
        return waiter;
    }

    private bool IsWaitedFor()
    {
        lock (_lock)
        {
            return _waiters.Count > 0;
        }
    }

    /// <summary>Something to be called once, at a time.</summary>
    private sealed class Waiter(ManualTime time, Action call) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Call() => call();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._waiters.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._waiters.Add(this);
                }
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
