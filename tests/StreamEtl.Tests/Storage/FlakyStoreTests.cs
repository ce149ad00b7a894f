using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>The wrapper that others' campaigns rest on: harmless when told nothing, and faults that are what they say.</summary>
public sealed class FlakyStoreTests : ObjectStoreConformance
{
    internal override IObjectStore Store { get; } = new FlakyStore(new MemoryStore());

    [Theory]
    [InlineData(false, ErrorKind.Io)]
    [InlineData(true, ErrorKind.OutcomeUnknown)]
    public async Task Commit_WhoseAnswerIsLost_SaysSoAndHasTheEffect(bool afterEffect, ErrorKind kind)
    {
        var inner = new MemoryStore();
        var store = new FlakyStore(inner) { FailAt = 2, AfterEffect = afterEffect };
        await FailsAsync(kind, async () => await store.WriteWholeAsync("x", Bytes(9), WriteCondition.IfAbsent, default));
        Assert.Equal(afterEffect, await inner.StatAsync("x", default) is not null);
        Assert.Equal(!afterEffect, await store.WriteWholeAsync("x", Bytes(9), WriteCondition.IfAbsent, default));
        Assert.Equal(1, store.Faults);
    }

    [Fact]
    public async Task Death_AtACall_EndsAllLaterOnes()
    {
        var inner = new MemoryStore();
        var store = new FlakyStore(inner) { FailAt = 2, Dies = true };
        await Assert.ThrowsAsync<PowerCutException>(async () =>
            await store.WriteWholeAsync("x", Bytes(9), WriteCondition.IfAbsent, default)
        );
        await Assert.ThrowsAsync<PowerCutException>(async () => await store.StatAsync("x", default));
        await Assert.ThrowsAsync<PowerCutException>(async () => await store.ListAsync("", default).CountAsync());
        Assert.True(store.IsDead);
        Assert.Null(await inner.StatAsync("x", default));
    }
}
