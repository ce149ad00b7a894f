using System.Text.Json;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Connectors.Glue;
using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Aws.Tests.Glue;

public sealed class GlueCatalogTests : IDisposable
{
    private readonly GlueServer _server = new();
    private readonly TempFolder _folder = new();

    public GlueCatalogTests() => DynamoServer.SetCredentials();

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Register_NewSameAndMovedPartition_CreatesLeavesAndUpdates()
    {
        _server.AddTable("d", "t", "s3://b/t/", "anomesdia");
        using GlueCatalog catalog = Catalog();
        GlueTable table = await catalog.GetTableAsync("d", "t", CancellationToken.None);
        Assert.Equal(("s3://b/t", "anomesdia"), (table.Location, Assert.Single(table.PartitionKeys)));
        _server.Throttled = 2;
        Assert.Equal((1, 0), await catalog.RegisterAsync(table, [Partition("s3://b/t/anomesdia=20240119/")], CancellationToken.None));
        Assert.Equal((0, 0), await catalog.RegisterAsync(table, [Partition("s3://b/t/anomesdia=20240119/")], CancellationToken.None));
        Assert.Equal((0, 1), await catalog.RegisterAsync(table, [Partition("s3://b/u/anomesdia=20240119/")], CancellationToken.None));
        Assert.Equal("s3://b/u/anomesdia=20240119/", await catalog.FindPartitionAsync(table, ["20240119"], CancellationToken.None));
        Assert.Null(await catalog.FindPartitionAsync(table, ["20240120"], CancellationToken.None));
    }

    [Fact]
    public async Task Register_ManyPartitions_AreSentByTheHundred()
    {
        using GlueCatalog catalog = Catalog();
        var table = new GlueTable("d", "t", "s3://b/t", ["n"]);
        GluePartition[] partitions = [.. Enumerable.Range(0, 250).Select(n => new GluePartition([$"{n}"], $"s3://b/t/n={n}/", []))];
        Assert.Equal((250, 0), await catalog.RegisterAsync(table, partitions, CancellationToken.None));
        Assert.Equal([100, 100, 50], _server.Requests.Select(r => r.Content.GetProperty("PartitionInputList").GetArrayLength()));
    }

    [Fact]
    public async Task Requests_AreToTheLetter()
    {
        using GlueCatalog catalog = Catalog();
        var table = new GlueTable("d", "t", "s3://b/t", ["anomesdia"]);
        await catalog.CreateTableAsync(
            table,
            [new Field("id", ColumnType.Integer), new Field("v", ColumnType.Decimal(18, 2))],
            CancellationToken.None
        );
        await catalog.CreateTableAsync(table, [], CancellationToken.None);
        await catalog.RegisterAsync(table, [Partition("s3://b/t/anomesdia=20240119/")], CancellationToken.None);
        (string Operation, JsonElement Content)[] requests = [.. _server.Requests];
        Assert.Equal(["CreateTable", "CreateTable", "BatchCreatePartition"], requests.Select(r => r.Operation));
        Assert.Equal(
            """{"DatabaseName":"d","TableInput":{"Name":"t","PartitionKeys":[{"Name":"anomesdia","Type":"string"}],"TableType":"EXTERNAL_TABLE","Parameters":{"classification":"parquet","compressionType":"snappy","typeOfData":"file"},"StorageDescriptor":{"Columns":[{"Name":"id","Type":"bigint"},{"Name":"v","Type":"decimal(18,2)"}],"Location":"s3://b/t/","InputFormat":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","OutputFormat":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","Compressed":true,"NumberOfBuckets":-1,"SerdeInfo":{"SerializationLibrary":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","Parameters":{"serialization.format":"1"}},"BucketColumns":[],"StoredAsSubDirectories":false,"SortColumns":[],"Parameters":{"CrawlerSchemaDeserializerVersion":"1.0","classification":"parquet","compressionType":"snappy","typeOfData":"file"}}}}""",
            requests[0].Content.GetRawText()
        );
        Assert.Equal(
            """{"DatabaseName":"d","TableName":"t","PartitionInputList":[{"StorageDescriptor":{"Columns":[{"Name":"id","Type":"bigint"}],"Location":"s3://b/t/anomesdia=20240119/","InputFormat":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","OutputFormat":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","Compressed":true,"NumberOfBuckets":-1,"SerdeInfo":{"SerializationLibrary":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","Parameters":{"serialization.format":"1"}},"BucketColumns":[],"StoredAsSubDirectories":false},"Values":["20240119"],"Parameters":{}}]}""",
            requests[2].Content.GetRawText()
        );
    }

    [Fact]
    public async Task GetTable_NoTable_IsSaid()
    {
        using GlueCatalog catalog = Catalog();
        var error = await Assert.ThrowsAsync<StreamEtlException>(() => catalog.GetTableAsync("d", "missing", CancellationToken.None));
        Assert.Equal(ErrorKind.InputNotFound, error.Kind);
        Assert.Contains("d.missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20240119", "anomesdia=20240119/")]
    [InlineData("a b", "anomesdia=a b/")]
    [InlineData("a/b:c=d%", "anomesdia=a%2Fb%3Ac%3Dd%25/")]
    [InlineData("São\u0001\"#'*?\\{[]^}\u007F", "anomesdia=São%01%22%23%27%2A%3F%5C%7B%5B%5D%5E%7D%7F/")]
    [InlineData("", "anomesdia=__HIVE_DEFAULT_PARTITION__/")]
    [InlineData("__HIVE_DEFAULT_PARTITION__", "anomesdia=%5F_HIVE_DEFAULT_PARTITION__/")]
    public void HivePath_OfValues_IsEscaped(string value, string expected) => Assert.Equal(expected, HivePath.Of([("AnoMesDia", value)]));

    /// <summary>The whole way, killed after each step and given again: the partition is there, the file once, and no finished step is done again.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("journey-step-done:1")]
    [InlineData("journey-step-worked:2")]
    [InlineData("journey-step-done:2")]
    [InlineData("journey-step-worked:3")]
    [InlineData("journey-step-done:3")]
    public async Task Consolidate_IntoThePartition_WritesAndRegisters(string? crash)
    {
        _server.AddTable("d", "T", _folder.Root + "/T/", "anomesdia");
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "a.csv"), "id,at,anomesdia\n1,5,x\n2,5,y\n");
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "b.csv"), "id,at\n1,6\n");
        if (crash is not null)
        {
            Assert.Equal(137, Run(crash).Status);
        }
        Tool.Result run = Run(null);
        Assert.True(run.Status == 0, run.Error);
        Assert.Equal(
            ["T.snappy.parquet"],
            Directory.GetFiles(Path.Combine(_folder.Root, "T", "anomesdia=20240119")).Select(f => Path.GetFileName(f)!)
        );
        JsonElement partition = _server.Partition("d", "T", "20240119")!.Value.GetProperty("StorageDescriptor");
        Assert.Equal(_folder.Root + "/T/anomesdia=20240119/", partition.GetProperty("Location").GetString());
        Assert.Equal(["id", "at"], partition.GetProperty("Columns").EnumerateArray().Select(c => c.GetProperty("Name").GetString()!));
        // What a step had done before the kill, and was on record, is not asked for again.
        int located = _server.Requests.Count(r => r.Operation == "GetTable");
        Assert.Equal(1, located);
        int requests = _server.Requests.Count;
        Assert.Equal(0, Run(null).Status);
        Assert.Equal(requests, _server.Requests.Count);
    }

    /// <summary>With a congregado as the last step: whoever takes over from a process that died before it writes the file again, and the item is there once.</summary>
    [Theory]
    [InlineData(null, 1)]
    [InlineData("journey-step-done:2", 2)]
    [InlineData("journey-step-done:3", 2)]
    [InlineData("journey-step-worked:4", 2)]
    [InlineData("journey-step-done:4", 1)]
    public async Task Consolidate_WithACongregado_StoresWhatThePartitionHolds(string? crash, int writes)
    {
        _server.AddTable("d", "T", _folder.Root + "/T/", "anomesdia");
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "a.csv"), "id,at,anomesdia\n1,5,x\n2,5,y\n");
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "b.csv"), "id,at\n1,6\n");
        string file = Path.Combine(_folder.Root, "T", "anomesdia=20240119", "T.snappy.parquet");
        DateTime? first = null;
        if (crash is not null)
        {
            Assert.Equal(137, Run(crash, "--congregado", "cong").Status);
            first = File.GetLastWriteTimeUtc(file);
        }
        Tool.Result run = Run(null, "--congregado", "cong");
        Assert.True(run.Status == 0, run.Error);
        Assert.Equal(writes == 2, first is not null && File.GetLastWriteTimeUtc(file) != first);
        JsonElement item = JsonElement.Parse(
            await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Root, "cong"))))
        );
        Assert.Equal(2, item.GetProperty("record_count").GetInt32());
        Assert.Equal("""[{"id":2,"at":5},{"id":1,"at":6}]""", JsonSerializer.Serialize(item.GetProperty("sample_data")));
        int requests = _server.Requests.Count;
        Assert.Equal(0, Run(null, "--congregado", "cong").Status);
        Assert.Equal(requests, _server.Requests.Count);
    }

    private Tool.Result Run(string? crash, params string[] more)
    {
        string[] words =
        [
            "consolidate",
            "a=a.csv",
            "b=b.csv",
            "--key",
            "id",
            "--decide",
            "at:desc",
            "--database",
            "d",
            "--table",
            "T",
            "--partition",
            "anomesdia=20240119",
            .. more,
        ];
        (string, string)[] variables =
        [
            ("AWS_ENDPOINT_URL_GLUE", _server.Endpoint),
            ("AWS_REGION", "sa-east-1"),
            ("AWS_ACCESS_KEY_ID", "testkey"),
            ("AWS_SECRET_ACCESS_KEY", "testsecret"),
            ("STREAMETL_CRASH_AT", crash ?? ""),
        ];
        return Tool.Finish(Tool.Start(_folder, words, variables), "");
    }

    private static GluePartition Partition(string location) => new(["20240119"], location, [new Field("id", ColumnType.Integer)]);

    private GlueCatalog Catalog() => new(_server.Variables(_server.Endpoint));
}
