using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>
/// Fails calls of another store as it is told, before or after their effect; a commit that took effect and fails says that its outcome is unknown, as a lost answer
/// does. Or ends the process at a call: that one and all later ones throw <see cref="PowerCutException"/>, disposals do nothing, and a new run is a new wrapper
/// around the same store.
/// </summary>
internal sealed class FlakyStore(IObjectStore inner) : IObjectStore
{
    private readonly Lock _lock = new();

    /// <summary>Calls so far: members, reads and commits; not writes.</summary>
    public int Calls { get; private set; }

    /// <summary>Faults so far.</summary>
    public int Faults { get; private set; }

    /// <summary>The number of the call that fails, from 1.</summary>
    public int FailAt { get; init; } = int.MaxValue;

    /// <summary>Whether all later calls fail too.</summary>
    public bool ForGood { get; init; }

    /// <summary>Whether the failing call has done its work.</summary>
    public bool AfterEffect { get; init; }

    /// <summary>Whether the fault is the end of the process.</summary>
    public bool Dies { get; init; }

    /// <summary>Fails a part of the calls, half of these after their effect.</summary>
    public (Random Random, double Rate)? Chance { get; init; }

    public string Name => inner.Name;

    /// <summary>Whether the process has ended.</summary>
    public bool IsDead { get; private set; }

    public ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) =>
        CallAsync(() => inner.StatAsync(key, cancellationToken));

    public async ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken) =>
        new FlakyReader(this, await CallAsync(() => inner.OpenReadAsync(key, tag, cancellationToken)));

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        List<ObjectInfo> listed = await CallAsync(() => inner.ListAsync(prefix, cancellationToken).ToListAsync(cancellationToken));
        foreach (ObjectInfo info in listed)
        {
            yield return info;
        }
    }

    public async ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken) =>
        new FlakyWriter(this, await CallAsync(() => inner.CreateAsync(key, cancellationToken)));

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken) =>
        await CallAsync(async () =>
        {
            await inner.DeleteAsync(key, cancellationToken);
            return true;
        });

    public ValueTask<int> CleanAsync(string prefix, CancellationToken cancellationToken) =>
        CallAsync(() => inner.CleanAsync(prefix, cancellationToken));

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, bool commits = false)
    {
        (bool fails, bool after) = Next();
        if (!fails)
        {
            return await call();
        }
        if (after)
        {
            await call();
        }
        if (IsDead)
        {
            throw new PowerCutException();
        }
        var fault = new IOException("connection reset");
        throw commits && after
            ? StoreErrors.OutcomeUnknown(Name, "", fault)
            : new StreamEtlException(ErrorKind.Io, fault.Message, StoreErrors.At(Name, ""), hint: null, fault);
    }

    private (bool Fails, bool After) Next()
    {
        lock (_lock)
        {
            Calls++;
            bool wasDead = IsDead;
            bool fails = Chance is { } chance ? chance.Random.NextDouble() < chance.Rate : Calls == FailAt || (ForGood && Calls > FailAt);
            bool after = Chance is { } c ? c.Random.Next(2) == 0 : AfterEffect && Calls == FailAt;
            IsDead |= fails && Dies;
            Faults += fails || wasDead ? 1 : 0;
            return (fails || wasDead, after && !wasDead);
        }
    }

    private sealed class FlakyReader(FlakyStore store, IRangeReader inner) : IRangeReader
    {
        public ObjectInfo Info => inner.Info;

        public ValueTask<int> ReadAtAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
            store.CallAsync(() => inner.ReadAtAsync(offset, destination, cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class FlakyWriter(FlakyStore store, IObjectWriter inner) : IObjectWriter
    {
        public string Key => inner.Key;

        public Stream Stream => inner.Stream;

        public long Length => inner.Length;

        public ValueTask<bool> CommitAsync(WriteCondition condition, CancellationToken cancellationToken) =>
            store.CallAsync(() => inner.CommitAsync(condition, cancellationToken), commits: true);

        public ValueTask DisposeAsync() => store.IsDead ? ValueTask.CompletedTask : inner.DisposeAsync();
    }
}
