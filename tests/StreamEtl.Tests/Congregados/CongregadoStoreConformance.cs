using System.Text.Json;
using StreamEtl.Connectors.Congregados;
using StreamEtl.Errors;

namespace StreamEtl.Tests.Congregados;

/// <summary>What every store of congregados must do. One subclass for each store, in the project that can run it.</summary>
public abstract class CongregadoStoreConformance
{
    private static readonly string[] Attributes =
    [
        "id",
        "idempotency_key",
        "record_count",
        "tabela_consolidada",
        "database",
        "chaves_principais",
        "campos_decisao",
        "sample_data",
        "processor_type",
        "created_at",
        "updated_at",
        "metadata",
    ];

    /// <summary>A store over the one place of this test; every call gives another client of it, as another process would have.</summary>
    protected abstract ICongregadoStore Open();

    /// <summary>A database that no other test uses.</summary>
    protected static string NewDatabase() => "d" + Guid.NewGuid().ToString("N");

    protected static Congregado NewContent(string database, long count = 3, string table = "t", params string[] rows) =>
        Congregado.Of(
            new CongregadoFacts
            {
                Database = database,
                Table = table,
                Keys = ["num_oper", "cod_idef_ver_oper"],
                Decisions = ["dat_vlr_even_oper:desc", "num_prio_even_oper"],
                Origins = ["sor", "sot"],
                RecordCount = count,
                RowsDigest = "0",
                FirstRows = [.. rows.Select(System.Text.Encoding.UTF8.GetBytes)],
            }
        );

    protected static Task<CongregadoOutcome> StoreAsync(ICongregadoStore store, Congregado content) =>
        CongregadoRecorder.StoreAsync(store, content, TimeProvider.System, _ => ValueTask.CompletedTask, CancellationToken.None);

    [Fact]
    public async Task Find_NoItem_IsNull()
    {
        await using ICongregadoStore store = Open();
        Assert.Null(await store.FindAsync(Congregado.IdOf(NewDatabase(), "t"), CancellationToken.None));
    }

    [Fact]
    public async Task Store_NewContent_IsReadBackUnderTheKnownNames()
    {
        await using ICongregadoStore store = Open();
        string database = NewDatabase();
        Congregado content = NewContent(
            database,
            9_007_199_254_740_993,
            "t",
            """{"id":1,"v":1.50,"big":12345678901234567890123456789012345678,"f":1E-07,"on":true,"none":null,"é":"ção \"x\"\n"}""",
            """{"id":2,"v":"","big":0,"f":-0.1,"on":false,"none":null,"é":"😀"}"""
        );
        Assert.False((await StoreAsync(store, content)).Returned);
        await using ICongregadoStore other = Open();
        JsonElement item = (await other.FindAsync(content.Id, CancellationToken.None))!.Item;
        Assert.Equal(Attributes.Order(StringComparer.Ordinal), item.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            (database + "_t", content.Key, "t", database, "streametl"),
            (
                Text(item, "id"),
                Text(item, "idempotency_key"),
                Text(item, "tabela_consolidada"),
                Text(item, "database"),
                Text(item, "processor_type")
            )
        );
        Assert.Equal(9_007_199_254_740_993, item.GetProperty("record_count").GetInt64());
        Assert.Equal(
            """["num_oper","cod_idef_ver_oper"]""",
            item.GetProperty("chaves_principais").GetRawText().Replace(" ", "").Replace("\n", "")
        );
        Assert.Equal(2, item.GetProperty("sample_data").GetArrayLength());
        JsonElement row = item.GetProperty("sample_data")[0];
        Assert.Equal(
            (1, 1.50m, true, JsonValueKind.Null, "ção \"x\"\n"),
            (
                row.GetProperty("id").GetInt32(),
                row.GetProperty("v").GetDecimal(),
                row.GetProperty("on").GetBoolean(),
                row.GetProperty("none").ValueKind,
                Text(row, "é")
            )
        );
        Assert.Equal("12345678901234567890123456789012345678", row.GetProperty("big").GetRawText());
        Assert.Equal(1e-7, row.GetProperty("f").GetDouble());
        Assert.Equal(["sor", "sot"], item.GetProperty("metadata").GetProperty("origens").EnumerateArray().Select(o => o.GetString()!));
        Assert.Equal(Text(item, "created_at"), Text(item, "updated_at"));
    }

    [Fact]
    public async Task Store_SameContentAgain_ReturnsTheItemAsItIs()
    {
        await using ICongregadoStore store = Open();
        Congregado content = NewContent(NewDatabase());
        CongregadoOutcome first = await StoreAsync(store, content);
        CongregadoOutcome second = await StoreAsync(store, content);
        Assert.Equal((false, true), (first.Returned, second.Returned));
        Assert.Equal(Text(first.Item, "updated_at"), Text(second.Item, "updated_at"));
    }

    [Fact]
    public async Task Store_OtherContent_ReplacesTheItemAndKeepsWhenItWasCreated()
    {
        await using ICongregadoStore store = Open();
        string database = NewDatabase();
        JsonElement first = (await StoreAsync(store, NewContent(database, 1))).Item;
        await Task.Delay(2);
        for (int count = 2; count < 6; count++)
        {
            Assert.False((await StoreAsync(store, NewContent(database, count))).Returned);
        }
        JsonElement found = (await store.FindAsync(Congregado.IdOf(database, "t"), CancellationToken.None))!.Item;
        Assert.Equal(5, found.GetProperty("record_count").GetInt32());
        Assert.Equal(Text(first, "created_at"), Text(found, "created_at"));
        Assert.NotEqual(Text(first, "updated_at"), Text(found, "updated_at"));
    }

    [Fact]
    public async Task Replace_NotWhatWasSeen_IsRefusedAndLeavesNoTrace()
    {
        await using ICongregadoStore store = Open();
        string database = NewDatabase();
        string id = Congregado.IdOf(database, "t");
        await StoreAsync(store, NewContent(database, 1));
        StoredCongregado seen = (await store.FindAsync(id, CancellationToken.None))!;
        await StoreAsync(store, NewContent(database, 2));
        JsonElement late = NewContent(database, 9).ToItem(null, DateTimeOffset.UnixEpoch);
        Assert.False(await store.TryReplaceAsync(id, late, seen, CancellationToken.None));
        Assert.False(await store.TryReplaceAsync(id, late, seen: null, CancellationToken.None));
        Assert.Equal(2, (await store.FindAsync(id, CancellationToken.None))!.Item.GetProperty("record_count").GetInt32());
        // Even when what is there is again what was seen: it is of another write.
        await StoreAsync(store, NewContent(database, 1));
        Assert.False(await store.TryReplaceAsync(id, late, seen, CancellationToken.None));
    }

    [Fact]
    public async Task Store_OwnerThatLostItsRight_WritesNothing()
    {
        await using ICongregadoStore store = Open();
        Congregado content = NewContent(NewDatabase());
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CongregadoRecorder.StoreAsync(
                store,
                content,
                TimeProvider.System,
                _ => throw new InvalidOperationException("lost"),
                CancellationToken.None
            )
        );
        Assert.Null(await store.FindAsync(content.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Store_IdOfAnotherTable_IsRefused()
    {
        await using ICongregadoStore store = Open();
        string database = NewDatabase();
        await StoreAsync(store, NewContent(database, table: "b_c"));
        var error = await Assert.ThrowsAsync<StreamEtlException>(() => StoreAsync(store, NewContent(database + "_b", table: "c")));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains($"table 'b_c' in database '{database}'", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("ç %2F-0000000001")]
    public async Task Store_NamesThatNoFileHas_AreKept(string table)
    {
        await using ICongregadoStore store = Open();
        string database = NewDatabase();
        Congregado content = NewContent(database, 1, table);
        await StoreAsync(store, NewContent(database, 2, table + "-0000000001.json"));
        await StoreAsync(store, content);
        Assert.Equal(content.Key, (await store.FindAsync(content.Id, CancellationToken.None))!.Text("idempotency_key"));
    }

    /// <summary>Eight at once, each with another content: every write was over the one that it saw, so they follow one another, and the last one is there.</summary>
    [Fact]
    public async Task Store_ManyAtOnce_FollowOneAnother()
    {
        string database = NewDatabase();
        var log = new System.Collections.Concurrent.ConcurrentBag<CongregadoWrite>();
        await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(n =>
                    Task.Run(async () =>
                    {
                        await using var store = new WatchedCongregadoStore(Open(), log);
                        Assert.False((await StoreAsync(store, NewContent(database, n))).Returned);
                    })
                )
        );
        Assert.Equal(8, log.Count);
        await using ICongregadoStore last = Open();
        WatchedCongregadoStore.RequireChain(log, (await last.FindAsync(Congregado.IdOf(database, "t"), CancellationToken.None))!);
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
