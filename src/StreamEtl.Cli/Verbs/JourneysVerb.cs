using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Runtime;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>journeys list</c>, <c>show</c> and <c>retry</c>.</summary>
internal static class JourneysVerb
{
    private const int KeyShown = 12;

    /// <summary>What a journey is.</summary>
    public static readonly string[] Notes =
    [
        "Every ingest and consolidate, of a run's tables too, is a journey: a durable record under a key made",
        "of the job, its options and its inputs (name, size and time of the last write). The same command",
        "again does no work as long as its outputs are there; at the same time, it waits; after a failure or",
        "a kill -9, it goes on. Errors that pass by themselves are tried again. Records are kept in",
        "$XDG_STATE_HOME/streametl/journeys, or where --journey-store or $STREAMETL_JOURNEY_STORE says.",
    ];

    private static readonly OptionSpec Status = OptionSpec.Choice(
        "status",
        OptionGroup.Verb,
        "only these",
        "pending",
        "in_progress",
        "completed",
        "failed"
    );
    private static readonly OptionSpec Json = OptionSpec.Flag("json", OptionGroup.Output, "a JSON array instead of lines for people");

    public static Verb List { get; } =
        new()
        {
            Name = "journeys list",
            Summary = "the runs on record: what is done, at work, or failed",
            Usage = "journeys list [--status STATUS] [options]",
            Examples =
            [
                ("all, the newest first", "streametl journeys list"),
                ("what failed, for a script", "streametl journeys list --status failed --json"),
            ],
            Notes = Notes,
            Options = [Status, Json, JourneyOptions.Store, .. MessageOptions.All],
            Execute = ListAsync,
        };

    public static Verb Show { get; } =
        new()
        {
            Name = "journeys show",
            Summary = "one run's record: status, step, result, error",
            Usage = "journeys show KEY [options]",
            Examples = [("as JSON, by the beginning of its key", "streametl journeys show 3fa1c2")],
            Notes = Notes,
            Options = [JourneyOptions.Store, .. MessageOptions.All],
            Execute = ShowAsync,
        };

    public static Verb Retry { get; } =
        new()
        {
            Name = "journeys retry",
            Summary = "gives the command of a run again that has not ended well",
            Usage = "journeys retry KEY [options]",
            Examples = [("go on with what failed", "streametl journeys retry 3fa1c2")],
            Notes = Notes,
            Options = [JourneyOptions.Store, .. MessageOptions.All],
            Execute = RetryAsync,
        };

    private static async Task<int> ListAsync(ParsedArguments arguments, Host host, RunSettings settings)
    {
        if (arguments.Positionals.Count > 0)
        {
            throw UsageError.Create($"'{arguments.Positionals[0]}' is not needed", "streametl journeys list");
        }
        IJourneyStore store = Open(settings, host);
        await using (store.ConfigureAwait(false))
        {
            string? status = arguments.Text(Status)?.ToUpperInvariant();
            var records = new List<JourneyRecord>();
            await foreach (JourneyRecord record in store.ListAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (status is null || JourneyJson.NameOf(record.Status) == status)
                {
                    records.Add(record);
                }
            }
            records.Sort((a, b) => Nullable.Compare(b.StartedAt, a.StartedAt));
            string text = arguments.Flag(Json) ?? false ? ToJson(records) : ToLines(records);
            await host.OpenOutput().WriteAsync(text).ConfigureAwait(false);
        }
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(ParsedArguments arguments, Host host, RunSettings settings)
    {
        IJourneyStore store = Open(settings, host);
        await using (store.ConfigureAwait(false))
        {
            JourneyRecord record = await FindAsync(store, arguments, "show").ConfigureAwait(false);
            string text = System.Text.Encoding.UTF8.GetString(JourneyJson.Write(record, indented: true));
            await host.OpenOutput().WriteLineAsync(text).ConfigureAwait(false);
        }
        return ExitCode.Done;
    }

    private static async Task<int> RetryAsync(ParsedArguments arguments, Host host, RunSettings settings)
    {
        IJourneyStore store = Open(settings, host);
        await using (store.ConfigureAwait(false))
        {
            JourneyRecord record = await FindAsync(store, arguments, "retry").ConfigureAwait(false);
            if (record.Status == JourneyStatus.Completed)
            {
                settings.Messages.Say($"journey {Short(record.Key)} is completed: there is nothing to try again");
                return ExitCode.Done;
            }
            if (record.Command is not { Count: > 0 } command || record.Folder is not { } folder || !Directory.Exists(folder))
            {
                throw UsageError.Create(
                    $"the command of journey {Short(record.Key)} cannot be given again from here",
                    "give it yourself, in its folder: it goes on where it stopped"
                );
            }
            Directory.SetCurrentDirectory(folder);
            string[] stated = command.Any(w => w.StartsWith(JourneyOptions.Store.Long, StringComparison.Ordinal))
                ? []
                : [JourneyOptions.Store.Long, settings.Journeys.Store!];
            int status = await new Application(host).RunAsync([.. command, .. stated]).ConfigureAwait(false);
            JourneyRecord? now = await store.FindAsync(record.Key, CancellationToken.None).ConfigureAwait(false);
            if (status == ExitCode.Done && now?.Status != JourneyStatus.Completed)
            {
                settings.Messages.Warn(
                    $"the inputs have changed since: what ran was another journey, and {Short(record.Key)} stays as it was"
                );
            }
            return status;
        }
    }

    private static IJourneyStore Open(RunSettings settings, Host host) =>
        JourneyStores.Open(
            settings.Journeys.Store
                ?? throw UsageError.Create("there is no store of journeys", $"{JourneyOptions.Store.Long} DIR names one"),
            host.Variable,
            host.Time
        );

    /// <summary>The one record whose key begins with what the user gives.</summary>
    private static async Task<JourneyRecord> FindAsync(IJourneyStore store, ParsedArguments arguments, string verb)
    {
        if (arguments.Positionals is not [{ Length: > 0 } start])
        {
            throw UsageError.Create(
                $"one key is needed, not {arguments.Positionals.Count}",
                $"streametl journeys {verb} KEY; journeys list shows the keys"
            );
        }
        start = start.ToLowerInvariant();
        var found = new List<JourneyRecord>();
        await foreach (JourneyRecord record in store.ListAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (record.Key.StartsWith(start, StringComparison.Ordinal))
            {
                found.Add(record);
            }
        }
        return found switch
        {
            [var only] => only,
            [] => throw new StreamEtlException(
                ErrorKind.InputNotFound,
                $"no journey in '{store.Name}' has a key that begins with '{start}'",
                hint: "journeys list shows them"
            ),
            _ => throw UsageError.Create($"{found.Count} keys begin with '{start}'", "give more of it"),
        };
    }

    private static string ToJson(List<JourneyRecord> records)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            writer.WriteStartArray();
            records.ForEach(record => JourneyJson.Write(writer, record));
            writer.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)) + "\n";
    }

    private static string ToLines(List<JourneyRecord> records)
    {
        var text = new StringBuilder();
        if (records.Count > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{"KEY", -KeyShown}  {"STATUS", -11}  {"STARTED", -20}  {"RETRIES", 7}  {"JOB", -11}  WHAT\n"
            );
        }
        foreach (JourneyRecord record in records)
        {
            string started = record.StartedAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Short(record.Key), -KeyShown}  {JourneyJson.NameOf(record.Status), -11}  {started, -20}  {record.RetryCount, 7}  {record.Job, -11}  {What(record)}\n"
            );
        }
        return text.ToString();
    }

    /// <summary>The error where there is one, else where the work goes.</summary>
    private static string What(JourneyRecord record)
    {
        string text = record.Error ?? Parameter("output") ?? $"{Parameter("into")} table {Parameter("table")}";
        return Diagnostics.TerminalText.Escape(text.Split('\n')[0]);

        string? Parameter(string name) =>
            record.Parameters.ValueKind == JsonValueKind.Object && record.Parameters.TryGetProperty(name, out JsonElement value)
                ? value.GetString()
                : null;
    }

    private static string Short(string key) => key[..Math.Min(KeyShown, key.Length)];
}
