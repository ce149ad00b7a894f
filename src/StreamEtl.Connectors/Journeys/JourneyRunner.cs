using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// Does a job once. A record in a store says who is at it and how far:
/// <code>
/// (none) ──► PENDING ──► IN_PROGRESS ──► COMPLETED ──► returned as it is, or IN_PROGRESS when its outputs are gone
///               ▲          │   ▲ │
///               └──────────┘   │ └─────► FAILED ──► IN_PROGRESS (the command is given again)
///               interrupted    └── taken over: the owner is dead, or its lease has run out
/// </code>
/// Every arrow is one conditional write, so of several processes one goes on and the others see that it does.
/// </summary>
public sealed class JourneyRunner(IJourneyStore store, JourneyRules rules, TimeProvider time)
{
    /// <summary>Longest time between two looks at a journey that another process works on.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    /// <summary>Told, in words for people, what is waited for and what is tried again.</summary>
    public Action<string>? Told { get; init; }

    /// <summary>Keeps secrets out of records.</summary>
    public Func<string, string> Mask { get; init; } = static text => text;

    /// <summary>Does the job, or returns what was stored when it was done before, or waits for whoever is at it.</summary>
    /// <param name="request">What is to be done.</param>
    /// <param name="work">
    /// Does it; the result is an object. It is told to stop when the journey is another's. It may be called again after an error that passes (<see cref="JourneyErrors.IsTransient"/>).
    /// </param>
    /// <param name="cancellationToken">Interrupts; the journey is given back, and the next run goes on with it.</param>
    /// <exception cref="StreamEtlException">What the work threw; <see cref="ErrorKind.JourneyRunning"/>, <see cref="ErrorKind.JourneyLost"/>; what the store says.</exception>
    public async Task<JourneyOutcome> RunAsync(
        JourneyRequest request,
        Func<JourneyLease, CancellationToken, Task<JsonElement>> work,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(work);
        string owner = JourneyOwner.New();
        DateTimeOffset began = time.GetUtcNow();
        bool said = false;
        bool tookOver = false;
        JourneyRecord? record = await store.FindAsync(request.Key, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (record?.Owner == owner)
            {
                // The write that took it was refused only because an attempt at it, given up, came through after all; or it took longer than the lease, and nobody came.
                return await WorkAsync(record, tookOver, work, cancellationToken).ConfigureAwait(false);
            }
            if (record is null)
            {
                record = request.NewRecord(Mask);
                if (await store.TryWriteAsync(record, cancellationToken).ConfigureAwait(false))
                {
                    CrashPoint.Reach("journey-created");
                    continue;
                }
            }
            else if (
                record is { Status: JourneyStatus.Completed, Result: { } result }
                && await request.StillHolds(result, cancellationToken).ConfigureAwait(false)
            )
            {
                return new JourneyOutcome(record, result, Returned: true, TookOver: false);
            }
            else if (IsFree(record))
            {
                tookOver = record.Status == JourneyStatus.InProgress;
                JourneyRecord mine = Begin(record, request, owner);
                // Who slept through its lease before it began has nothing to lose, and looks again: another may have done it all.
                if (await store.TryWriteAsync(mine, cancellationToken).ConfigureAwait(false) && time.GetUtcNow() < mine.Lease)
                {
                    CrashPoint.Reach("journey-acquired");
                    if (tookOver)
                    {
                        Told?.Invoke($"took journey {JourneyErrors.Short(mine.Key)} over from {JourneyOwner.Describe(record.Owner)}");
                    }
                    return await WorkAsync(mine, tookOver, work, cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                TimeSpan waited = time.GetUtcNow() - began;
                if (waited >= rules.Wait)
                {
                    throw JourneyErrors.Running(record);
                }
                if (!said)
                {
                    said = true;
                    Told?.Invoke(
                        $"waiting for {JourneyOwner.Describe(record.Owner)}, which works on the same journey ({JourneyErrors.Short(record.Key)})"
                    );
                }
                TimeSpan look = TimeSpan.FromTicks(Math.Min(LongestLook.Ticks, rules.Lease.Ticks / 4));
                await Task.Delay(look, time, cancellationToken).ConfigureAwait(false);
            }
            record = await store.FindAsync(request.Key, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsFree(JourneyRecord record) =>
        record.Status != JourneyStatus.InProgress
        || record.Lease is not { } lease
        || lease <= time.GetUtcNow()
        || (record.Owner is { } owner && JourneyOwner.IsDead(owner));

    /// <summary>The record as the new owner begins with it. What a run that stopped has done stays done; what a completed one had done is gone.</summary>
    private JourneyRecord Begin(JourneyRecord record, JourneyRequest request, string owner)
    {
        bool anew = record.Status == JourneyStatus.Completed;
        bool again = record.Status is JourneyStatus.InProgress or JourneyStatus.Failed;
        return record with
        {
            Status = JourneyStatus.InProgress,
            Step = anew ? request.FirstStep : record.Step ?? request.FirstStep,
            Steps = anew ? [] : record.Steps,
            StartedAt = anew ? time.GetUtcNow() : record.StartedAt ?? time.GetUtcNow(),
            CompletedAt = null,
            RetryCount = anew ? 0 : record.RetryCount + (again ? 1 : 0),
            Command = request.Command is null ? record.Command : request.NewRecord(Mask).Command,
            Folder = request.Folder ?? record.Folder,
            Result = null,
            Error = null,
            Owner = owner,
            Lease = time.GetUtcNow() + rules.Lease,
            Fence = record.Fence + 1,
            Revision = record.Revision + 1,
        };
    }

    private async Task<JourneyOutcome> WorkAsync(
        JourneyRecord record,
        bool tookOver,
        Func<JourneyLease, CancellationToken, Task<JsonElement>> work,
        CancellationToken cancellationToken
    )
    {
        var lease = new JourneyLease(store, rules, time, record);
        await using (lease.ConfigureAwait(false))
        {
            try
            {
                JsonElement result = await TryAsync(lease, work, cancellationToken).ConfigureAwait(false);
                return new JourneyOutcome(lease.Record, result, Returned: false, tookOver);
            }
            catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw JourneyErrors.Lost(record.Key);
            }
            catch (Exception e)
            {
                await EndAsync(lease, e, cancellationToken).ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task<JsonElement> TryAsync(
        JourneyLease lease,
        Func<JourneyLease, CancellationToken, Task<JsonElement>> work,
        CancellationToken cancellationToken
    )
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
                JsonElement result = await work(lease, stop.Token).ConfigureAwait(false);
                // The work is done: an interrupt from now on must not hide that.
                await lease
                    .WriteAsync(
                        r =>
                            r with
                            {
                                Status = JourneyStatus.Completed,
                                CompletedAt = time.GetUtcNow(),
                                Result = result,
                                Error = null,
                                // What they left for each other has served its end.
                                Steps = [.. r.Steps.Select(s => s with { Result = default })],
                            },
                        CancellationToken.None
                    )
                    .ConfigureAwait(false);
                CrashPoint.Reach("journey-completed");
                return result;
            }
            catch (Exception e) when (attempt < rules.Retries && JourneyErrors.IsTransient(e) && !lease.Lost.IsCancellationRequested)
            {
                await PauseAsync(lease, e, attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task PauseAsync(JourneyLease lease, Exception error, int attempt, CancellationToken cancellationToken)
    {
        double most = Math.Min(rules.LongestPause.TotalSeconds, rules.Pause.TotalSeconds * Math.Pow(2, attempt));
        TimeSpan pause = TimeSpan.FromSeconds(most * (1 + (Random.Shared.NextDouble() / 2)));
        string reason = (error as StreamEtlException)?.Reason ?? error.Message;
        Told?.Invoke($"trying again in {pause.TotalSeconds:0.0} s ({attempt + 1} of {rules.Retries}): {reason}");
        try
        {
            await lease
                .WriteAsync(r => r with { RetryCount = r.RetryCount + 1, Error = Mask(error.Message) }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (JourneyErrors.IsTransient(e))
        {
            // The store may be what is out of reach; the next attempt will tell.
        }
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says in the record how it ended, as far as that can be said: an owner that is no more the owner, or that cannot reach the store, leaves it to the next.</summary>
    private async Task EndAsync(JourneyLease lease, Exception error, CancellationToken cancellationToken)
    {
        bool interrupted = cancellationToken.IsCancellationRequested;
        try
        {
            await lease
                .WriteAsync(
                    r =>
                        interrupted
                            ? r with
                            {
                                Status = JourneyStatus.Pending,
                                Error = "interrupted",
                            }
                            : r with
                            {
                                Status = JourneyStatus.Failed,
                                CompletedAt = time.GetUtcNow(),
                                Error = Mask(error.Message),
                            },
                    CancellationToken.None
                )
                .ConfigureAwait(false);
        }
        catch (StreamEtlException)
        {
            // The error that matters is being told.
        }
    }
}
