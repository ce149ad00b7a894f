using System.Text.Json;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Pipeline;
using StreamEtl.Types;

namespace StreamEtl.Tests.Journeys;

public sealed class JourneyKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-key-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Made with <c>printf 'streametl-journey-1\nconsolidate\n{"a":1,"b":[{"c":"ção","d":null}]}' | sha256sum</c>: keys of released versions must not change.</summary>
    [Fact]
    public void Key_OfKnownBytes_IsTheirSha256() =>
        Assert.Equal(
            "d7145f114c4b8c7b06f513c6517a56f7c731602f85793ea6f19f11cef8df8d73",
            JourneyKey.Of("consolidate", JsonElement.Parse("""{ "b": [{"d":null, "c":"ção"}], "a": 1 }"""))
        );

    [Fact]
    public async Task Parameters_OfAConsolidation_AreWhatTheReadmeSays()
    {
        string input = Path.Combine(_folder, "sor.csv");
        await File.WriteAllTextAsync(input, "id,at\n");
        File.SetLastWriteTimeUtc(input, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        JsonElement parameters = (
            await JourneyParameters.OfAsync(Consolidate(input), new InputIdentity(null), [], CancellationToken.None)
        )!.Value;
        Assert.Equal(
            $$"""{"decide":["at:desc","p:asc"],"key":["id"],"origins":[{"inputs":[{"modified":"2024-01-02T03:04:05.0000000Z","path":"{{input}}","size":6}],"name":"sor"}],"output":"{{_folder}}/out.csv"}""",
            System.Text.Encoding.UTF8.GetString(JourneyKey.Canonical(parameters))
        );
    }

    [Fact]
    public async Task Key_SameNameOtherContent_IsAnother()
    {
        string input = Path.Combine(_folder, "dump.csv");
        await File.WriteAllTextAsync(input, "id,at\n1,1\n");
        string monday = await KeyAsync(Consolidate(input));
        Assert.Equal(monday, await KeyAsync(Consolidate(input) with { Threads = 99, MemoryBytes = 5, TempDirectory = "/x", Exact = true }));
        Assert.NotEqual(monday, await KeyAsync(Consolidate(input) with { OriginColumn = "o" }));
        File.SetLastWriteTimeUtc(input, DateTime.UtcNow.AddDays(1));
        string touched = await KeyAsync(Consolidate(input));
        await File.AppendAllTextAsync(input, "2,2\n");
        Assert.Equal(3, new[] { monday, touched, await KeyAsync(Consolidate(input)) }.Distinct().Count());
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/null")]
    [InlineData("missing.csv")]
    public async Task Key_ContentThatCannotBeTold_IsNewEachTime(string input) =>
        Assert.NotEqual(await KeyAsync(Consolidate(input)), await KeyAsync(Consolidate(input)));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    public async Task Parameters_OfWhatLeavesNothing_AreNone(string output) =>
        Assert.Null(
            await JourneyParameters.OfAsync(
                Consolidate("a.csv") with
                {
                    Output = output,
                },
                new InputIdentity(null),
                [],
                CancellationToken.None
            )
        );

    /// <summary>An option that was forgotten here would make two different runs one journey.</summary>
    [Fact]
    public void Parameters_EveryOption_HasAForm()
    {
        Assert.Empty(JourneyParameters.Formless(typeof(IngestOptions)));
        Assert.Empty(JourneyParameters.Formless(typeof(ConsolidateOptions)));
    }

    [Fact]
    public async Task Parameters_OptionsOfAllForms_AreWritten()
    {
        var job = new IngestOptions
        {
            Inputs = [],
            Table = "T",
            Into = _folder,
            Key = ["a", "b"],
            Mode = IngestMode.Cdc,
            DateFieldStrict = false,
            MaxDeletePercent = 12.5,
            PartitionDate = new DateOnly(2024, 2, 29),
            Delimiter = ';',
            NoHeader = false,
            Schema = [new Field("x", ColumnType.Integer, Nullable: false), new Field("y", ColumnType.Decimal(18, 2))],
            RejectsPath = "r.csv",
            RejectMalformed = true,
            Output = "for messages",
            MemoryBytes = 1,
            TempDirectory = "/tmp",
            Threads = 1,
        };
        JsonElement parameters = (
            await JourneyParameters.OfAsync(job, new InputIdentity(null), [("more", "1")], CancellationToken.None)
        )!.Value;
        Assert.Equal(
            $$"""{"date_field_strict":false,"delimiter":";","into":"{{_folder}}","key":["a","b"],"max_delete_percent":12.5,"mode":"cdc","more":"1","no_header":false,"partition_date":"20240229","reject_malformed":true,"rejects_path":"{{Path.GetFullPath("r.csv")}}","schema":["x:integer not null","y:decimal(18,2)"],"table":"T"}""",
            System.Text.Encoding.UTF8.GetString(JourneyKey.Canonical(parameters))
        );
    }

    private static async Task<string> KeyAsync(JobOptions job) =>
        JourneyKey.Of("consolidate", (await JourneyParameters.OfAsync(job, new InputIdentity(null), [], CancellationToken.None))!.Value);

    private ConsolidateOptions Consolidate(string input) =>
        new()
        {
            Origins = [new ConsolidateOrigin("sor", [input])],
            Key = ["id"],
            Decide = [new KeepRule("at", Descending: true), new KeepRule("p", Descending: false)],
            Output = Path.Combine(_folder, "out.csv"),
            MemoryBytes = 1 << 30,
            TempDirectory = "/tmp",
            Threads = 2,
        };
}
