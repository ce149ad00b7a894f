using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// A journey as its owner has it. The lease is renewed in the background; every write says, as its condition, that nobody else has written since, so an owner that slept through its
/// lease is refused by the first thing it tries. Writes follow one another.
/// </summary>
public sealed class JourneyLease : IAsyncDisposable
{
    private readonly IJourneyStore _store;
    private readonly JourneyRules _rules;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    internal JourneyLease(IJourneyStore store, JourneyRules rules, TimeProvider time, JourneyRecord record)
    {
        (_store, _rules, _time, Record) = (store, rules, time, record);
        _renewing = RenewAsync();
    }

    /// <summary>The record as this owner wrote it last.</summary>
    public JourneyRecord Record { get; private set; }

    /// <summary>Cancelled when the journey is another's, or may be.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>
    /// Does a step, unless it is done: then its stored result is returned. A step that is killed on the way is done again, so it must bear that.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="work">Does it; the result is what later steps, also of another process, need of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="stillHolds">Whether what a stored result says is still there; null: it is.</param>
    public async Task<JsonElement> StepAsync(
        string name,
        Func<CancellationToken, Task<JsonElement>> work,
        CancellationToken cancellationToken,
        Func<JsonElement, bool>? stillHolds = null
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        if (Record.Steps.FirstOrDefault(s => s.Name == name) is { } done && stillHolds?.Invoke(done.Result) != false)
        {
            return done.Result;
        }
        if (Record.Step != name || Record.Steps.Any(s => s.Name == name))
        {
            JourneyStep[] others = [.. Record.Steps.Where(s => s.Name != name)];
            await WriteAsync(r => r with { Step = name, Steps = others }, cancellationToken).ConfigureAwait(false);
        }
        CrashPoint.Reach("journey-step-started");
        JsonElement result = await work(cancellationToken).ConfigureAwait(false);
        CrashPoint.Reach("journey-step-worked");
        var step = new JourneyStep(name, _time.GetUtcNow(), result);
        await WriteAsync(r => r with { Steps = [.. r.Steps, step] }, cancellationToken).ConfigureAwait(false);
        CrashPoint.Reach("journey-step-done");
        return result;
    }

    /// <summary>
    /// Makes sure that the journey is still this owner's, right before something becomes visible. While most of the lease is left by the clock that others go by, it is; otherwise, after a
    /// pause of the process for example, the lease is renewed first.
    /// </summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.JourneyLost"/>: it is another's.</exception>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        ThrowIfLost();
        if (Record.Lease is not { } lease || lease - _time.GetUtcNow() < _rules.Lease / 2)
        {
            await WriteAsync(r => r, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _ended.Dispose();
        _lost.Dispose();
        _writing.Dispose();
    }

    /// <summary>Writes a change of the record, with a lease from now on while it is in progress. A record that has ended is not changed.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.JourneyLost"/>, or what the store says.</exception>
    internal async Task WriteAsync(Func<JourneyRecord, JourneyRecord> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfLost();
            while (Record.Status == JourneyStatus.InProgress)
            {
                JourneyRecord next = change(Record) with { Revision = Record.Revision + 1 };
                next =
                    next.Status == JourneyStatus.InProgress
                        ? next with
                        {
                            Lease = _time.GetUtcNow() + _rules.Lease,
                        }
                        : next with
                        {
                            Lease = null,
                            Owner = null,
                        };
                if (await _store.TryWriteAsync(next, cancellationToken).ConfigureAwait(false))
                {
                    Record = next;
                    return;
                }
                await FindOwnAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A write was refused: because of an earlier one of this owner, which was given up and came through after all, or because the journey is another's.</summary>
    private async ValueTask FindOwnAsync(CancellationToken cancellationToken)
    {
        JourneyRecord? found = await _store.FindAsync(Record.Key, cancellationToken).ConfigureAwait(false);
        if (found is null || found.Owner != Record.Owner || found.Revision <= Record.Revision)
        {
            await _lost.CancelAsync().ConfigureAwait(false);
            ThrowIfLost();
        }
        Record = Record with { Revision = found!.Revision };
    }

    private async Task RenewAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            await Task.Delay(_rules.Lease / 3, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.IsCancellationRequested)
            {
                return;
            }
            try
            {
                await WriteAsync(r => r, _ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (StreamEtlException e) when (e.Kind == ErrorKind.JourneyLost)
            {
                return;
            }
            catch (StreamEtlException)
            {
                // The store cannot be reached. The lease may still hold until it can; what is past its lease belongs to whoever takes it.
                if (_time.GetUtcNow() >= Record.Lease)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
    }

    private void ThrowIfLost()
    {
        if (_lost.IsCancellationRequested)
        {
            throw JourneyErrors.Lost(Record.Key);
        }
    }
}
