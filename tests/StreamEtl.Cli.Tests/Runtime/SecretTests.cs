using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Errors;
using StreamEtl.Tests;

namespace StreamEtl.Cli.Tests.Runtime;

/// <summary>A secret planted in each text of a config in turn; an engine that babbles all it was told, in success and in failure; nothing may show the secret.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Secret = "hunter2/PLANTED x+y";
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Settings =>
        [
            .. Texts("$defs", "table", "table."),
            .. Texts("properties", "log", "log."),
            "into",
            "bucket",
            "prefix",
            "temp",
            "report",
            "lock",
            "memory",
            "schedule",
            "source",
        ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Secret_InAnyText_ShowsNowhere(string setting)
    {
        string config = _folder.Write("c.json", ConfigWith(setting));
        _folder.Write("a.csv", "id\n1\n");
        foreach (string format in new[] { "text", "json" })
        {
            foreach (bool fails in new[] { false, true })
            {
                ConfigRun run = ConfigRun.With(
                    (job, report) =>
                    {
                        string all =
                            $"{job} {string.Join(' ', job.Inputs)} {string.Join(' ', job.Key)} {string.Join(' ', job.NullTexts)} {Secret} {Uri.EscapeDataString(Secret)}";
                        report.Warnings.Add("warning: " + all);
                        report.Inputs.Add(new Diagnostics.FileReport(job.Inputs[0] + all, 1, 1));
                        report.Outputs.Add(new Diagnostics.FileReport(job.Into + all, 1, 1));
                        return fails
                            ? throw new StreamEtlException(ErrorKind.Io, all, new RecordPosition(all, 1, 1), all)
                            : Task.CompletedTask;
                    },
                    name => name == "PLANTED" ? Secret : null,
                    config,
                    "--debug",
                    "-v",
                    "--log-format",
                    format,
                    "--log-file",
                    _folder["log.txt"],
                    "--report",
                    _folder["r.json"]
                );
                ConfigRun dry = ConfigRun.With(null, name => name == "PLANTED" ? Secret : null, config, "--dry-run");
                string[] told = [run.Error, run.Output, dry.Error, dry.Output, Read("log.txt"), Read("r.json")];
                Assert.All(told, text => Assert.DoesNotContain("hunter2", text, StringComparison.OrdinalIgnoreCase));
                Assert.All(told, text => Assert.DoesNotContain("PLANTED x", text, StringComparison.OrdinalIgnoreCase));
                // The masks are there, so something was said.
                Assert.Contains(
                    told,
                    text =>
                        text.Contains("${PLANTED}", StringComparison.Ordinal)
                        || text.Contains("PLANTED}", StringComparison.Ordinal)
                        || setting == "table.name"
                );
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Read(string name) => File.Exists(_folder[name]) ? _folder.Read(name) : "";

    private string ConfigWith(string setting)
    {
        string value = "\"${PLANTED}\"";
        string[] path = setting.Split('.');
        string table = path[0] == "table" ? $", \"{path[1]}\": {value}" : "";
        string source = setting is "table.source" or "table.file" ? "" : ", \"source\": \"a.csv\"";
        string name = setting == "table.name" ? "" : "\"name\": \"a\", ";
        string log = path[0] == "log" ? $", \"log\": {{\"{path[1]}\": {value}}}" : "";
        string into =
            setting is "table.into" or "into" or "bucket" ? ""
            : setting == "prefix" ? "\"bucket\": \"b\", "
            : "\"into\": \"lake\", ";
        string top = path.Length == 1 ? $", \"{setting}\": {value}" : "";
        return $$"""{ {{into}}"tables": [{ {{name}}"from": "csv"{{source}}{{table}} }]{{log}}{{top}} }"""
            .Replace("\"from\": \"csv\", \"from\"", "\"from\"")
            .Replace(
                "{ \"name\": \"a\", \"from\": \"csv\", \"source\": \"a.csv\", \"from\"",
                "{ \"name\": \"a\", \"source\": \"a.csv\", \"from\""
            );
    }

    /// <summary>The entries of a map of the schema that may be text.</summary>
    private static IEnumerable<string> Texts(string at, string map, string prefix)
    {
        JsonElement root = JsonElement.Parse(File.ReadAllBytes(RepositoryFiles.At("schemas", "streametl-config.schema.json")));
        return root.GetProperty(at)
            .GetProperty(map)
            .GetProperty("properties")
            .EnumerateObject()
            .Where(p => !p.Value.TryGetProperty("type", out JsonElement type) || MayBeText(type))
            .Select(p => prefix + p.Name);
    }

    private static bool MayBeText(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(MayBeText) : type.GetString() == "string";
}
