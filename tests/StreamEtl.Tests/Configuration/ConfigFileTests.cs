using StreamEtl.Connectors.Configuration;

namespace StreamEtl.Tests.Configuration;

/// <summary>What a config means, and what is said of one that is wrong.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-config-").FullName;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly SecretMask _mask = new();

    [Fact]
    public void Config_Defaults_SpreadOverTables()
    {
        RunConfig config = Good(
            """
            into: lake
            memory: 512MB
            schedule: 15m
            defaults:
              source: data/actual/{table}.csv
              mode: cdc
              key: id
              delimiter: ;
              "null": [NA, "-"]
              rejects: bad/{table}.csv
            tables:
              - name: orders
                key: [id, day]
                date_field: updated_at
              - name: customers
                mode: full
                source: [a.csv, 'b*.csv']
                into: s3://bucket/prefix
            """
        );
        TableConfig orders = config.Tables[0];
        Assert.Equal([In("data/actual/orders.csv")], orders.Source);
        Assert.Equal(["id", "day"], orders.Key);
        Assert.Equal(("updated_at", "cdc", In("lake")), (orders.DateField, orders.Mode, orders.Into));
        Assert.Equal([";"], orders.Options["delimiter"]);
        Assert.Equal(["NA", "-"], orders.Options["null"]);
        Assert.Equal([In("bad/orders.csv")], orders.Options["rejects"]);
        TableConfig customers = config.Tables[1];
        Assert.Equal([In("a.csv"), In("b*.csv")], customers.Source);
        Assert.Equal(["id"], customers.Key);
        Assert.Equal(("full", "s3://bucket/prefix"), (customers.Mode, customers.Into));
        Assert.Equal(("512MB", "15m"), (config.Memory, config.Schedule?.Text));
    }

    /// <summary>The config.json of the CDC pipeline: file, primary key of one or several columns, optional date field, source, bucket and prefix, schedule.</summary>
    [Fact]
    public void Config_InTheShapeOfTheCdcPipeline_IsUnderstood()
    {
        RunConfig config = Good(
            """
            {
              "source": {"path": "data/actual"},
              "bucket": "lake",
              "prefix": "raw/",
              "schedule": {"interval": 6, "unit": "hours"},
              "tables": {
                "orders": {"file": "orders.csv", "primary_key": "order_id", "date_field": "updated_at"},
                "items": {"file": "order_items.csv", "primary_key": ["order_id", "item"]}
              }
            }
            """,
            "config.json"
        );
        Assert.Equal(["orders", "items"], config.Tables.Select(t => t.Name));
        Assert.Equal([In("data/actual/order_items.csv")], config.Tables[1].Source);
        Assert.Equal(["order_id", "item"], config.Tables[1].Key);
        Assert.Equal("s3://lake/raw", config.Tables[0].Into);
        Assert.Equal("6 hours", config.Schedule?.Text);
    }

    [Fact]
    public void Config_TableWithoutName_IsNamedAfterItsFile()
    {
        RunConfig config = Good(
            "{\"into\": \"x\", \"tables\": [{\"file\": \"orders.csv.gz\"}, {\"source\": \"d/items.parquet\"}]}",
            "c.json"
        );
        Assert.Equal(["orders", "items"], config.Tables.Select(t => t.Name));
    }

    [Theory]
    [InlineData("tables: [{nam: a, source: s, into: x}]", "1:11 tables[0].nam: is not known | did you mean 'name'?")]
    [InlineData("tabels: []", "1:1 has no 'tables'", "1:1 tabels: is not known | did you mean 'tables'?")]
    [InlineData(
        "tables:\n  - name: a\n    source: s\n    into: x\n    mode: fulll",
        "5:11 tables[0].mode: 'fulll' is not one of full, cdc, incremental | did you mean 'full'?"
    )]
    [InlineData(
        "tables:\n  - name: 2024\n    source: s\n    into: x",
        "2:11 tables[0].name: must be text, not 2024 | write it in quotes: \"2024\""
    )]
    [InlineData("into: x\ntables: []", "2:9 tables: is empty")]
    [InlineData("into: x\ntables: 5", "2:9 tables: must be a list or named entries, not 5")]
    [InlineData("into: x\ntables: [{name: a, source: '-'}]", "2:28 tables[0].source: must not be '-'")]
    [InlineData("into: x\ntables: [{name: a, source: [b, '-']}]", "2:32 tables[0].source[1]: must not be '-'")]
    [InlineData("into: x\ntables: [{name: a, source: s, key: [id, id]}]", "2:41 tables[0].key[1]: 'id' is named twice")]
    [InlineData(
        "into: x\ntables: [{name: a, source: s, key: [id, 5]}]",
        "2:41 tables[0].key[1]: must be text, not 5 | write it in quotes: \"5\""
    )]
    [InlineData("into: x\ntables: [{name: a, source: s, mode: cdc}]", "2:10 tables[0]: mode 'cdc' needs a 'key'")]
    [InlineData("into: x\ntables: [{name: a}]", "2:10 tables[0]: has no 'source'")]
    [InlineData("tables: [{name: a, source: s}]", "1:10 tables[0]: has no 'into'")]
    [InlineData("into: x\ntables: [{source: 's*.csv'}]", "2:10 tables[0]: has no 'name'")]
    [InlineData("into: x\ntables: [{name: a, source: s}, {name: A, source: s}]", "2:39 tables[1].name: another table has 'a' too")]
    [InlineData("into: x\ntables: [{name: '../é…', source: s}, {name: '..', source: s}]", "2:45 tables[1].name: '..' cannot name a table")]
    [InlineData("into: x\ntables: [{name: a, source: s, file: f}]", "2:37 tables[0].file: 'source' and 'file' exclude each other")]
    [InlineData(
        "into: x\ntables: [{name: a, source: s, key: k, primary_key: k}]",
        "2:52 tables[0].primary_key: 'key' and 'primary_key' are one thing"
    )]
    [InlineData("into: x\nbucket: b\ntables: [{name: a, source: s}]", "2:9 bucket: 'into' and 'bucket' exclude each other")]
    [InlineData("into: x\nprefix: b\ntables: [{name: a, source: s}]", "2:9 prefix: stands without 'bucket'")]
    [InlineData("into: x\ndefaults: {name: n}\ntables: [{name: a, source: s}]", "2:18 defaults.name: is not allowed here")]
    [InlineData("into: x\nschedule: soon\ntables: [{name: a, source: s}]", "2:11 schedule: 'soon' is neither an interval")]
    [InlineData("into: x\nschedule: {cron: 61 * * * *}\ntables: [{name: a, source: s}]", "2:18 schedule.cron: cron: the minute field '61'")]
    [InlineData(
        "into: x\nschedule: {cron: 1 * * * *, timezone: Mars}\ntables: [{name: a, source: s}]",
        "2:39 schedule.timezone: this system knows no such time zone"
    )]
    [InlineData("into: x\nschedule: {unit: days}\ntables: [{name: a, source: s}]", "2:11 schedule: says no time")]
    [InlineData(
        "into: x\nmemory: lots\ntables: [{name: a, source: s}]",
        "2:9 memory: 'lots' is not understood | a size such as 512MB, 2GiB or 1.5GB"
    )]
    [InlineData("into: x\nthreads: 1.5\ntables: [{name: a, source: s}]", "2:10 threads: must be a whole number, not 1.5")]
    [InlineData("into: x\nthreads: 0\ntables: [{name: a, source: s}]", "2:10 threads: must be at least 1")]
    [InlineData(
        "into: x\ntables: [{name: a, source: s, max_delete_percent: 101}]",
        "2:51 tables[0].max_delete_percent: must be at most 100"
    )]
    [InlineData(
        "into: x\ntables: [{name: a, source: s, delimiter: '::'}]",
        "2:42 tables[0].delimiter: '::' is not understood | one ASCII character, or tab"
    )]
    [InlineData(
        "into: x\ndefaults: {rejects: r.csv}\ntables: [{name: a, source: s}, {name: b, source: s}]",
        "2:21 defaults.rejects: another table has "
    )]
    [InlineData(
        "into: ${NOWHERE}\ntables: [{name: a, source: s}]",
        "1:7 into: the environment variable 'NOWHERE' is not set | export NOWHERE=…"
    )]
    [InlineData("into: ${NO WHERE\ntables: [{name: a, source: s}]", "1:7 into: '${' begins no variable")]
    [InlineData("into: x\ntables: [{name: '${SECRET}', source: s}]", "2:17 tables[0].name: a table's name cannot hold a variable")]
    public void Problem_IsSaid_WithLineAndEntryAndWayOut(string yaml, params string[] expected)
    {
        _variables["SECRET"] = "hunter2-planted";
        ConfigResult result = Load(yaml);
        Assert.Null(result.Config);
        string[] said =
        [
            .. result.Problems.Select(p => $"{p.Place.Line}:{p.Place.Column} {p.Text}{(p.Hint is null ? "" : " | " + p.Hint)}"),
        ];
        Assert.Equal(expected.Length, said.Length);
        Assert.All(expected.Zip(said), p => Assert.StartsWith(p.First, p.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_OfOneFile_AreAllSaidAtOnce()
    {
        ConfigResult result = Load("into: x\nmemry: 5\ntables:\n  - {nam: a, source: s}\n  - {name: b, source: s, mode: fll}");
        Assert.Equal(["memry", "tables[0].nam", "tables[1].mode"], result.Problems.Select(p => p.Entry));
        Assert.Equal([2, 4, 5], result.Problems.Select(p => p.Place.Line));
    }

    [Fact]
    public void Variables_AreReplaced_OnceAndOnlyWhereTheyStand()
    {
        _variables["ROOT"] = "/data/${INNER}";
        _variables["EMPTY"] = "";
        RunConfig config = Good("into: x\ntables: [{name: a, source: ['${ROOT}/${EMPTY}a.csv', '$${ROOT}', '$5', 'a$']}]");
        Assert.Equal(["/data/${INNER}/a.csv", In("${ROOT}"), In("$5"), In("a$")], config.Tables[0].Source);
        Assert.Equal("reading ${ROOT}/a.csv", _mask.Apply("reading /data/${INNER}/a.csv"));
    }

    [Fact]
    public void Config_ThatIsNotThere_IsAUsageError()
    {
        var e = Assert.Throws<StreamEtl.Errors.StreamEtlException>(() => ConfigFile.Load(In("none.yaml"), _ => null, _mask));
        Assert.Equal(StreamEtl.Errors.ErrorKind.Usage, e.Kind);
        Assert.Contains("does not exist", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string path) => Path.Combine(_folder, path);

    private RunConfig Good(string text, string file = "c.yaml")
    {
        ConfigResult result = Load(text, file);
        Assert.Empty(result.Problems);
        return result.Config!;
    }

    private ConfigResult Load(string text, string file = "c.yaml")
    {
        File.WriteAllText(In(file), text);
        return ConfigFile.Load(In(file), _variables.GetValueOrDefault, _mask);
    }
}
