using System.Collections.Concurrent;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>What every object store must keep. A store passes it by a subclass that makes one.</summary>
public abstract class ObjectStoreConformance
{
    /// <summary>The store under test, empty at the start of each test; the same place when called again.</summary>
    internal abstract IObjectStore Store { get; }

    /// <summary>Rounds of the races: fewer where every object costs a round trip.</summary>
    protected virtual int RaceRounds => 50;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1_000_003)]
    public async Task Object_WrittenAndCommitted_ReadsBackAlike(int length)
    {
        byte[] bytes = Bytes(length);
        Assert.True(await PutAsync("a/b/c.bin", bytes, WriteCondition.IfAbsent));
        ObjectInfo info = (await Store.StatAsync("a/b/c.bin", default))!.Value;
        Assert.Equal(("a/b/c.bin", length), (info.Key, info.Length));
        Assert.Equal(bytes, await Store.ReadWholeAsync("a/b/c.bin", length, default));
        await using IRangeReader reader = await Store.OpenReadAsync("a/b/c.bin", info.Tag, default);
        Assert.Equal(info, reader.Info);
    }

    [Fact]
    public async Task Ranges_AnywhereInAnObject_AreItsBytes()
    {
        byte[] bytes = Bytes(200_000);
        await PutAsync("x", bytes, WriteCondition.IfAbsent);
        await using IRangeReader reader = await Store.OpenReadAsync("x", tag: null, default);
        var random = new Random(11);
        foreach (int length in new[] { 0, 1, 7, 4096, 70_000, 300_000 })
        {
            foreach (
                long offset in new[] { 0, 1, random.Next(bytes.Length), bytes.Length - 1, bytes.Length, bytes.Length + 5_000_000_000L }
            )
            {
                byte[] range = new byte[length];
                int count = await reader.ReadAtAsync(offset, range, default);
                int expected = (int)Math.Clamp(bytes.Length - offset, 0, length);
                Assert.Equal(expected, count);
                Assert.True(expected == 0 || range.AsSpan(0, count).SequenceEqual(bytes.AsSpan((int)offset, count)));
            }
        }
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reader.ReadAtAsync(-1, new byte[1], default));
    }

    [Fact]
    public async Task Ranges_ReadAtOnce_AreRight()
    {
        byte[] bytes = Bytes(500_000);
        await PutAsync("x", bytes, WriteCondition.IfAbsent);
        await using IRangeReader reader = await Store.OpenReadAsync("x", tag: null, default);
        await Parallel.ForAsync(
            0,
            100,
            async (i, _) =>
            {
                byte[] range = new byte[5000];
                Assert.Equal(5000, await reader.ReadAtAsync(i * 4950, range, default));
                Assert.True(range.AsSpan().SequenceEqual(bytes.AsSpan(i * 4950, 5000)));
            }
        );
    }

    [Fact]
    public async Task List_OfManyKeys_IsOrderedAndFilteredByPrefix()
    {
        string[] keys =
        [
            "a",
            "a-b",
            "a.b",
            "ab/c",
            "ab/c-d/e",
            "ab/cd",
            "b/1/x",
            "b/10/x",
            "b/2/x",
            "b0",
            "cdc/T_1",
            "cdc/T_2",
            "cdc/U_1",
            "z/\uE000",
            "z/\uFF5E",
            "z/\U0001F600",
            "z/ä",
            "Ä",
        ];
        var random = new Random(5);
        random.Shuffle(keys);
        foreach (string key in keys)
        {
            Assert.True(await PutAsync(key, System.Text.Encoding.UTF8.GetBytes(key), WriteCondition.IfAbsent));
        }
        string[] ordered = [.. keys.OrderBy(k => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(k)), StringComparer.Ordinal)];
        foreach (
            string prefix in new[]
            {
                "",
                "a",
                "ab",
                "ab/",
                "ab/c",
                "ab/c-",
                "b/1",
                "b/1/",
                "cdc/T_",
                "cdc/T_2",
                "nothing",
                "nothing/at/all",
                "cdc/T_1/x",
                "z/",
            }
        )
        {
            List<ObjectInfo> listed = await ListAsync(prefix);
            Assert.Equal(ordered.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)), listed.Select(o => o.Key));
            foreach (ObjectInfo info in listed)
            {
                Assert.Equal(await Store.StatAsync(info.Key, default), info);
            }
        }
    }

    [Fact]
    public async Task Writer_BeforeCommit_ShowsNothing_AndDisposedLeavesNothing()
    {
        await using (IObjectWriter writer = await Store.CreateAsync("t/x", default))
        {
            await writer.Stream.WriteAsync(Bytes(300_000));
            await writer.Stream.FlushAsync();
            Assert.Equal(("t/x", 300_000), (writer.Key, writer.Length));
            Assert.Null(await Store.StatAsync("t/x", default));
            Assert.Empty(await ListAsync(""));
        }
        Assert.Null(await Store.StatAsync("t/x", default));
        Assert.Empty(await ListAsync(""));
        Assert.Equal(0, await Store.CleanAsync("", default));
    }

    [Fact]
    public async Task Writer_DisposedWithoutCommit_LeavesTheOldObject()
    {
        await PutAsync("x", "old"u8.ToArray(), WriteCondition.Replace);
        await using (IObjectWriter writer = await Store.CreateAsync("x", default))
        {
            await writer.Stream.WriteAsync("new"u8.ToArray());
        }
        Assert.Equal("old"u8.ToArray(), await Store.ReadWholeAsync("x", 10, default));
    }

    [Fact]
    public async Task Clean_WhileAWriterLives_LeavesItAlone()
    {
        await using IObjectWriter writer = await Store.CreateAsync("t/x", default);
        await writer.Stream.WriteAsync(Bytes(100_000));
        Assert.Equal(0, await Store.CleanAsync("", default));
        Assert.Equal(0, await Store.CleanAsync("t/", default));
        Assert.True(await writer.CommitAsync(WriteCondition.IfAbsent, default));
        Assert.Equal(0, await Store.CleanAsync("", default));
        Assert.Equal(Bytes(100_000), await Store.ReadWholeAsync("t/x", 100_000, default));
    }

    [Fact]
    public async Task IfAbsent_OverAnObject_IsFalseAndChangesNothing()
    {
        Assert.True(await PutAsync("x", "first"u8.ToArray(), WriteCondition.IfAbsent));
        ObjectInfo? first = await Store.StatAsync("x", default);
        Assert.False(await PutAsync("x", "second"u8.ToArray(), WriteCondition.IfAbsent));
        Assert.Equal(first, await Store.StatAsync("x", default));
        Assert.Equal("first"u8.ToArray(), await Store.ReadWholeAsync("x", 10, default));
        Assert.Single(await ListAsync(""));
    }

    [Fact]
    public async Task IfAbsent_RacedBy16_HasOneWinnerAndItsContent()
    {
        for (int round = 0; round < RaceRounds; round++)
        {
            string key = $"commits/{round:D8}";
            using var start = new Barrier(16);
            var winners = new ConcurrentBag<int>();
            await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(me =>
                        Task.Factory.StartNew(
                                async () =>
                                {
                                    await using IObjectWriter writer = await Store.CreateAsync(key, default);
                                    await writer.Stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"writer {me}"));
                                    start.SignalAndWait();
                                    if (await writer.CommitAsync(WriteCondition.IfAbsent, default))
                                    {
                                        winners.Add(me);
                                    }
                                },
                                default,
                                TaskCreationOptions.LongRunning,
                                TaskScheduler.Default
                            )
                            .Unwrap()
                    )
            );
            int winner = Assert.Single(winners);
            Assert.Equal($"writer {winner}", System.Text.Encoding.UTF8.GetString((await Store.ReadWholeAsync(key, 100, default))!));
        }
        Assert.Equal(RaceRounds, (await ListAsync("")).Count);
    }

    [Fact]
    public async Task Replace_UnderReaders_IsSeenWholeOrNotAtAll()
    {
        const int Length = 200_000;
        await PutAsync("x", [.. Enumerable.Repeat((byte)0, Length)], WriteCondition.IfAbsent);
        using var done = new CancellationTokenSource();
        int reads = 0;
        Task[] readers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (!done.IsCancellationRequested)
                        {
                            try
                            {
                                byte[] all = (await Store.ReadWholeAsync("x", Length, default))!;
                                Assert.Equal(Length, all.Length);
                                Assert.False(all.AsSpan().ContainsAnyExcept(all[0]), "two contents in one read");
                                Interlocked.Increment(ref reads);
                            }
                            catch (StreamEtlException e)
                            {
                                Assert.Equal(ErrorKind.Replaced, e.Kind);
                            }
                        }
                    })
                ),
        ];
        // A store that never waits could be through before the readers have begun.
        for (int i = 1; i <= RaceRounds || (Volatile.Read(ref reads) < RaceRounds && !readers.Any(r => r.IsCompleted)); i++)
        {
            Assert.True(await PutAsync("x", [.. Enumerable.Repeat((byte)i, Length)], WriteCondition.Replace));
            await Task.Yield();
        }
        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(reads > 0);
    }

    [Fact]
    public async Task Tag_AfterEachReplaceByEqualLength_IsNew()
    {
        var tags = new HashSet<string>();
        for (int i = 0; i < RaceRounds; i++)
        {
            await PutAsync("x", System.Text.Encoding.UTF8.GetBytes($"{i:D6}"), WriteCondition.Replace);
            Assert.True(tags.Add((await Store.StatAsync("x", default))!.Value.Tag));
        }
    }

    [Fact]
    public async Task OpenRead_OfAnotherContent_IsReplaced()
    {
        await PutAsync("x", "one"u8.ToArray(), WriteCondition.Replace);
        string tag = (await Store.StatAsync("x", default))!.Value.Tag;
        await PutAsync("x", "two"u8.ToArray(), WriteCondition.Replace);
        await FailsAsync(ErrorKind.Replaced, async () => await Store.OpenReadAsync("x", tag, default));
        await Store.DeleteAsync("x", default);
        await FailsAsync(ErrorKind.Replaced, async () => await Store.OpenReadAsync("x", tag, default));
    }

    [Fact]
    public async Task Reader_OverAReplacement_ReadsTheOldOrFails()
    {
        byte[] old = Bytes(100_000);
        await PutAsync("x", old, WriteCondition.Replace);
        await using IRangeReader reader = await Store.OpenReadAsync("x", tag: null, default);
        byte[] first = new byte[10];
        await reader.ReadAtAsync(0, first, default);
        await PutAsync("x", new byte[100_000], WriteCondition.Replace);
        byte[] rest = new byte[99_990];
        try
        {
            Assert.Equal(rest.Length, await reader.ReadAtAsync(10, rest, default));
            Assert.True(rest.AsSpan().SequenceEqual(old.AsSpan(10)));
        }
        catch (StreamEtlException e)
        {
            Assert.Equal(ErrorKind.Replaced, e.Kind);
        }
    }

    [Fact]
    public async Task Missing_EverywhereItCanBe_IsSaid()
    {
        Assert.Null(await Store.StatAsync("no/such", default));
        Assert.Null(await Store.ReadWholeAsync("no/such", 10, default));
        await FailsAsync(ErrorKind.InputNotFound, async () => await Store.OpenReadAsync("no/such", tag: null, default));
        await Store.DeleteAsync("no/such", default);
        Assert.Empty(await ListAsync("no/"));
        await PutAsync("is", [1], WriteCondition.IfAbsent);
        Assert.Null(await Store.StatAsync("is/below", default));
    }

    [Fact]
    public async Task Delete_ThenIfAbsent_TakesTheKeyAgain()
    {
        await PutAsync("a/x", [1], WriteCondition.IfAbsent);
        await PutAsync("a/y", [2], WriteCondition.IfAbsent);
        await Store.DeleteAsync("a/x", default);
        Assert.Null(await Store.StatAsync("a/x", default));
        Assert.Equal("a/y", Assert.Single(await ListAsync("a/")).Key);
        Assert.True(await PutAsync("a/x", [3], WriteCondition.IfAbsent));
        Assert.Equal([3], await Store.ReadWholeAsync("a/x", 10, default));
    }

    [Fact]
    public async Task ReadWhole_LongerThanExpected_IsRefused()
    {
        await PutAsync("x", Bytes(11), WriteCondition.IfAbsent);
        await FailsAsync(ErrorKind.Unsupported, async () => await Store.ReadWholeAsync("x", 10, default));
    }

    [Theory]
    [MemberData(nameof(ObjectKeyTests.Bad), MemberType = typeof(ObjectKeyTests))]
    public async Task Key_ThatIsNone_IsRefusedByEveryMember(string key)
    {
        await FailsAsync(ErrorKind.Usage, async () => await Store.StatAsync(key, default));
        await FailsAsync(ErrorKind.Usage, async () => await Store.OpenReadAsync(key, tag: null, default));
        await FailsAsync(ErrorKind.Usage, async () => await Store.CreateAsync(key, default));
        await FailsAsync(ErrorKind.Usage, async () => await Store.DeleteAsync(key, default));
        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task Token_Cancelled_StopsEveryMember()
    {
        await PutAsync("x", [1], WriteCondition.IfAbsent);
        await using IRangeReader reader = await Store.OpenReadAsync("x", tag: null, default);
        await using IObjectWriter writer = await Store.CreateAsync("y", default);
        var gone = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.StatAsync("x", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.OpenReadAsync("x", tag: null, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CreateAsync("x", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.DeleteAsync("x", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.ReadAtAsync(0, new byte[1], gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.CommitAsync(WriteCondition.IfAbsent, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ListAsync("", gone).CountAsync(default));
        Assert.Equal("x", Assert.Single(await ListAsync("")).Key);
    }

    [Fact]
    public async Task Object_Of64Megabytes_IsStreamed()
    {
        const int Blocks = 64;
        byte[] block = Bytes(1 << 20);
        await using (IObjectWriter writer = await Store.CreateAsync("big", default))
        {
            for (int i = 0; i < Blocks; i++)
            {
                block[0] = (byte)i;
                await writer.Stream.WriteAsync(block);
            }
            Assert.True(await writer.CommitAsync(WriteCondition.IfAbsent, default));
        }
        await using IRangeReader reader = await Store.OpenReadAsync("big", tag: null, default);
        Assert.Equal((long)Blocks << 20, reader.Info.Length);
        byte[] read = new byte[1 << 20];
        for (int i = 0; i < Blocks; i++)
        {
            block[0] = (byte)i;
            Assert.Equal(read.Length, await reader.ReadAtAsync((long)i << 20, read, default));
            Assert.True(read.AsSpan().SequenceEqual(block));
        }
    }

    internal ValueTask<bool> PutAsync(string key, byte[] bytes, WriteCondition condition) =>
        Store.WriteWholeAsync(key, bytes, condition, default);

    internal async Task<List<ObjectInfo>> ListAsync(string prefix) => await Store.ListAsync(prefix, default).ToListAsync();

    protected static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    protected static async Task FailsAsync(ErrorKind kind, Func<Task> action) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<StreamEtlException>(action)).Kind);
}
