using System.Text.Json;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Journeys;

/// <summary>What a journey promises, over a store in memory.</summary>
public sealed class JourneyRunnerTests
{
    private readonly MemoryStore _objects = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _told = [];
    private int _works;
    private bool _holds = true;

    [Fact]
    public async Task Run_Completed_ReturnsTheStoredResultAndDoesNothing()
    {
        JourneyOutcome first = await RunAsync();
        JourneyOutcome second = await RunAsync();
        Assert.Equal((false, true, 1), (first.Returned, second.Returned, _works));
        Assert.Equal("""{"work":1}""", Text(second.Result));
        Assert.Equal((JourneyStatus.Completed, 1, 0), (second.Record.Status, second.Record.Fence, second.Record.RetryCount));
        Assert.Equal((null, null), (second.Record.Owner, second.Record.Lease));
    }

    [Fact]
    public async Task Run_CompletedButOutputsGone_BeginsAnew()
    {
        await RunAsync();
        _holds = false;
        JourneyOutcome second = await RunAsync();
        Assert.Equal((false, 2, 2, 0), (second.Returned, _works, second.Record.Fence, second.Record.RetryCount));
    }

    [Fact]
    public async Task Run_ErrorThatPasses_IsTriedAgainUpToTheLimit()
    {
        JourneyOutcome outcome = await RunAsync(work: _ => _works <= 3 ? throw Error(ErrorKind.Unavailable) : Task.CompletedTask);
        Assert.Equal((4, 3), (_works, outcome.Record.RetryCount));
        Assert.Equal(3, _told.Count);
        Assert.Contains("trying again in", _told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ErrorThatDoesNotPassInTime_FailsAndTheNextRunBeginsAgain()
    {
        var error = await Assert.ThrowsAsync<StreamEtlException>(() => RunAsync(work: _ => throw Error(ErrorKind.Unavailable)));
        Assert.Equal((ErrorKind.Unavailable, 4), (error.Kind, _works));
        JourneyRecord record = await RecordAsync();
        Assert.Equal((JourneyStatus.Failed, "broken", 3, null), (record.Status, record.Error, record.RetryCount, record.Owner));
        JourneyOutcome again = await RunAsync();
        Assert.Equal((JourneyStatus.Completed, 4, null), (again.Record.Status, again.Record.RetryCount, again.Record.Error));
    }

    [Theory]
    [InlineData(ErrorKind.InvalidValue)]
    [InlineData(ErrorKind.AccessDenied)]
    [InlineData(ErrorKind.Io)]
    public async Task Run_ErrorThatStays_IsNotTriedAgain(ErrorKind kind)
    {
        await Assert.ThrowsAsync<StreamEtlException>(() => RunAsync(work: _ => throw Error(kind)));
        Assert.Equal((1, JourneyStatus.Failed), (_works, (await RecordAsync()).Status));
    }

    [Fact]
    public async Task Run_Interrupted_IsGivenBack()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            RunAsync(
                work: async token =>
                {
                    await stop.CancelAsync();
                    token.ThrowIfCancellationRequested();
                },
                cancellationToken: stop.Token
            )
        );
        JourneyRecord record = await RecordAsync();
        Assert.Equal((JourneyStatus.Pending, "interrupted", null), (record.Status, record.Error, record.Owner));
        Assert.Equal(0, (await RunAsync()).Record.RetryCount);
    }

    [Fact]
    public async Task Run_StepsDoneBeforeAFailure_AreNotDoneAgain()
    {
        var done = new List<string>();
        bool fail = true;
        Task<JsonElement> Work(JourneyLease lease, CancellationToken token) => StepsAsync(lease, done, () => fail, token);
        await Assert.ThrowsAsync<StreamEtlException>(() => Runner().RunAsync(Request(), Work, CancellationToken.None));
        Assert.Equal("two", (await RecordAsync()).Step);
        fail = false;
        JourneyOutcome outcome = await Runner().RunAsync(Request(), Work, CancellationToken.None);
        Assert.Equal(["one", "two", "two", "three"], done);
        Assert.Equal("[1,2,3]", Text(outcome.Result));
    }

    [Fact]
    public async Task Run_StepWhoseTraceIsGone_IsDoneAgain()
    {
        int first = 0;
        for (int run = 0; run < 2; run++)
        {
            bool fails = run == 0;
            Task outcome = Runner()
                .RunAsync(
                    Request(),
                    async (lease, token) =>
                    {
                        await lease.StepAsync("one", _ => Task.FromResult(JsonElement.Parse($"{++first}")), token, stillHolds: _ => false);
                        return fails ? throw Error(ErrorKind.Io) : JsonElement.Parse("{}");
                    },
                    CancellationToken.None
                );
            await Record.ExceptionAsync(() => outcome);
        }
        Assert.Equal(2, first);
    }

    [Fact]
    public async Task Run_OwnerOfThisMachineThatDied_IsTakenOverAtOnce()
    {
        JourneyRecord mine = await BeginAsync(DeadOwner(), lease: TimeSpan.FromHours(1));
        JourneyOutcome outcome = await RunAsync();
        Assert.Equal((true, mine.Fence + 1, 1), (outcome.TookOver, outcome.Record.Fence, outcome.Record.RetryCount));
        Assert.StartsWith("took journey", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OwnerElsewhere_IsWaitedForUntilItsLeaseHasRunOut()
    {
        JourneyRecord other = await BeginAsync("elsewhere-00000000:1:1:00000000", lease: TimeSpan.FromSeconds(60));
        Task<JourneyOutcome> running = RunAsync();
        while (_time.GetUtcNow() < other.Lease && !running.IsCompleted)
        {
            Assert.Equal(0, _works);
            await _time.AdvanceWaitersAsync(TimeSpan.FromSeconds(1), running);
        }
        Assert.Equal((true, 1), ((await running).TookOver, _works));
        Assert.Equal(other.Lease, _time.GetUtcNow());
        Assert.Contains("waiting for process 1 on elsewhere", _told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OwnerElsewhereAndNoPatience_IsTold()
    {
        await BeginAsync("elsewhere-00000000:1:1:00000000", lease: TimeSpan.FromHours(1));
        var rules = new JourneyRules { Wait = TimeSpan.Zero };
        var error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            new JourneyRunner(Store, rules, _time).RunAsync(Request(), (_, _) => throw Error(ErrorKind.Internal), CancellationToken.None)
        );
        Assert.Equal(ErrorKind.JourneyRunning, error.Kind);
    }

    [Fact]
    public async Task Run_LongerThanItsLease_KeepsItByRenewal()
    {
        var rules = new JourneyRules { Lease = TimeSpan.FromSeconds(60) };
        var worked = new TaskCompletionSource<JsonElement>();
        Task<JourneyOutcome> running = new JourneyRunner(Store, rules, _time).RunAsync(
            Request(),
            (_, token) => worked.Task.WaitAsync(token),
            CancellationToken.None
        );
        for (int renewal = 0; renewal < 20; renewal++)
        {
            await _time.AdvanceWaitersAsync(rules.Lease / 3, running);
            Assert.True((await RecordAsync()).Lease > _time.GetUtcNow(), "the lease ran out");
        }
        // The renewals follow one another: who waits again has written.
        await _time.AdvanceWaitersAsync(TimeSpan.Zero, running);
        worked.SetResult(JsonElement.Parse("{}"));
        // Created, taken, renewed, completed.
        Assert.Equal(1 + 1 + 20 + 1, (await running).Record.Revision);
    }

    /// <summary>An owner that slept: another has taken over, and everything the first one tries is refused; its work is stopped.</summary>
    [Fact]
    public async Task Run_TakenOverWhileAtWork_IsStoppedAndRefused()
    {
        string key = Request().Key;
        Task<JourneyOutcome> running = Runner()
            .RunAsync(
                Request(),
                async (lease, token) =>
                {
                    JourneyRecord record = (await Store.FindAsync(key, token))!;
                    JourneyRecord thief = record with { Owner = "thief", Fence = record.Fence + 1, Revision = record.Revision + 1 };
                    Assert.True(await Store.TryWriteAsync(thief, token));
                    await Task.Delay(Timeout.Infinite, token);
                    return default;
                },
                CancellationToken.None
            );
        while (!running.IsCompleted)
        {
            await _time.AdvanceWaitersAsync(TimeSpan.FromMinutes(1), running);
        }
        var error = await Assert.ThrowsAsync<StreamEtlException>(() => running);
        Assert.Equal(ErrorKind.JourneyLost, error.Kind);
        Assert.Equal("thief", (await Store.FindAsync(key, CancellationToken.None))!.Owner);
    }

    /// <summary>An owner that slept before it began: it has lost nothing, and is told what the other did.</summary>
    [Fact]
    public async Task Run_TakenOverBeforeItsWork_IsToldTheResult()
    {
        var rules = new JourneyRules { Lease = TimeSpan.FromSeconds(60) };
        var sleeper = new SleepyStore(
            Store,
            async () =>
            {
                _time.Advance(rules.Lease);
                Assert.True((await RunAsync()).TookOver);
            }
        );
        JourneyOutcome outcome = await new JourneyRunner(sleeper, rules, _time).RunAsync(
            Request(),
            (_, _) => throw Error(ErrorKind.Internal),
            CancellationToken.None
        );
        Assert.Equal((true, """{"work":1}"""), (outcome.Returned, Text(outcome.Result)));
    }

    /// <summary>A store that answers after the lease: nobody else came, so the work is done.</summary>
    [Fact]
    public async Task Run_StoreSlowerThanTheLease_DoesTheWork()
    {
        await BeginAsync(DeadOwner(), lease: TimeSpan.FromHours(1));
        var rules = new JourneyRules { Lease = TimeSpan.FromSeconds(60) };
        var slow = new SleepyStore(
            Store,
            () =>
            {
                _time.Advance(rules.Lease);
                return Task.CompletedTask;
            }
        );
        JourneyOutcome outcome = await new JourneyRunner(slow, rules, _time).RunAsync(
            Request(),
            (_, _) => Task.FromResult(JsonElement.Parse("{}")),
            CancellationToken.None
        );
        Assert.Equal((true, false, 5), (outcome.TookOver, outcome.Returned, outcome.Record.Fence));
    }

    private ObjectJourneyStore Store => new(_objects, _time);

    private async Task<JsonElement> StepsAsync(JourneyLease lease, List<string> done, Func<bool> fails, CancellationToken token)
    {
        JsonElement one = await lease.StepAsync("one", _ => Did("one", "1"), token);
        JsonElement two = await lease.StepAsync("two", _ => Did("two", "2", fails()), token);
        JsonElement three = await lease.StepAsync("three", _ => Did("three", "3"), token);
        return JsonElement.Parse($"[{one},{two},{three}]");

        Task<JsonElement> Did(string name, string result, bool fails = false)
        {
            done.Add(name);
            return fails ? throw Error(ErrorKind.Io) : Task.FromResult(JsonElement.Parse(result));
        }
    }

    private Task<JourneyOutcome> RunAsync(Func<CancellationToken, Task>? work = null, CancellationToken cancellationToken = default) =>
        Runner()
            .RunAsync(
                Request(),
                async (_, token) =>
                {
                    _works++;
                    await (work?.Invoke(token) ?? Task.CompletedTask);
                    return JsonElement.Parse($$"""{"work":{{_works}}}""");
                },
                cancellationToken
            );

    private JourneyRunner Runner() => new(Store, new JourneyRules { Pause = TimeSpan.Zero }, _time) { Told = _told.Add };

    private JourneyRequest Request() =>
        new()
        {
            Job = "test",
            FirstStep = "one",
            Parameters = JsonElement.Parse("""{"n":1}"""),
            StillHolds = (_, _) => ValueTask.FromResult(_holds),
        };

    private async Task<JourneyRecord> BeginAsync(string owner, TimeSpan lease)
    {
        var record = new JourneyRecord
        {
            Key = Request().Key,
            Job = "test",
            Status = JourneyStatus.InProgress,
            StartedAt = _time.GetUtcNow(),
            Owner = owner,
            Lease = _time.GetUtcNow() + lease,
            Fence = 4,
            Revision = 1,
        };
        Assert.True(await Store.TryWriteAsync(record, CancellationToken.None));
        return record;
    }

    private async Task<JourneyRecord> RecordAsync() => (await Store.FindAsync(Request().Key, CancellationToken.None))!;

    /// <summary>This process at another start: gone, as far as anybody can tell.</summary>
    private static string DeadOwner()
    {
        string[] parts = JourneyOwner.New().Split(':');
        parts[2] = "1";
        return string.Join(':', parts);
    }

    private static string Text(JsonElement value) => System.Text.Encoding.UTF8.GetString(JourneyKey.Canonical(value));

    private static StreamEtlException Error(ErrorKind kind) => new(kind, "broken");

    /// <summary>Something happens after the journey was taken, before that is answered.</summary>
    private sealed class SleepyStore(IJourneyStore inner, Func<Task> happens) : IJourneyStore
    {
        private bool _happened;

        public string Name => inner.Name;

        public ValueTask<JourneyRecord?> FindAsync(string key, CancellationToken cancellationToken) =>
            inner.FindAsync(key, cancellationToken);

        public async ValueTask<bool> TryWriteAsync(JourneyRecord record, CancellationToken cancellationToken)
        {
            bool written = await inner.TryWriteAsync(record, cancellationToken);
            if (record.Status == JourneyStatus.InProgress && !_happened)
            {
                _happened = true;
                await happens();
            }
            return written;
        }

        public IAsyncEnumerable<JourneyRecord> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
