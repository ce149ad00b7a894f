using StreamEtl.Connectors.Scheduling;
using StreamEtl.Tables;

namespace StreamEtl.Connectors.Configuration;

/// <summary>Turns a tree that keeps to the schema into the model, and finds what a schema cannot say.</summary>
internal sealed class ConfigBinder(ConfigNode root, string file)
{
    private readonly List<ConfigProblem> _problems = [];
    private readonly string _folder = Path.GetDirectoryName(file) ?? "";

    /// <summary>The config, or its problems.</summary>
    public ConfigResult Bind()
    {
        Exclude(root, "into", "bucket");
        if (root["prefix"] is { } prefix && root["bucket"] is null)
        {
            _problems.Add(prefix.Problem("stands without 'bucket'"));
        }
        var tables = new List<TableConfig>();
        foreach ((string? name, ConfigNode table) in Tables())
        {
            if (new TableBinder(root, table, name, Located, _problems).Bind() is { } bound)
            {
                tables.Add(bound);
            }
        }
        RefuseTwice(
            tables,
            "name",
            static t => [TableName.Normalize(t.Name)],
            "a table's name is kept in lower case, without accents and signs"
        );
        RefuseTwice(
            tables,
            "rejects",
            static t => t.Options.GetValueOrDefault("rejects") ?? [],
            "write {table} in it for the table's name"
        );
        ConfigNode? log = root["log"];
        var config = new RunConfig
        {
            Path = file,
            Tables = tables,
            Memory = root["memory"]?.Text,
            Threads = (int?)root["threads"]?.Number,
            Parallel = (int?)root["parallel"]?.Number,
            Temp = Located(root["temp"]?.Text),
            Report = Located(root["report"]?.Text),
            Lock = Located(root["lock"]?.Text),
            Schedule = root["schedule"] is { } schedule ? BindSchedule(schedule) : null,
            Log = new LogConfig
            {
                File = Located(log?["file"]?.Text),
                Level = log?["level"]?.Text,
                Format = log?["format"]?.Text,
            },
        };
        return _problems.Count > 0
            ? new ConfigResult(null, [.. _problems.OrderBy(p => p.Place.Line).ThenBy(p => p.Place.Column)])
            : new ConfigResult(config, []);
    }

    private IEnumerable<(string? Name, ConfigNode Table)> Tables()
    {
        ConfigNode tables = root["tables"]!;
        return tables.Kind == ConfigNodeKind.List
            ? tables.Items.Select(t => ((string?)null, t))
            : tables.Properties.Select(p => ((string?)p.Name, p.Value));
    }

    private RunSchedule? BindSchedule(ConfigNode node)
    {
        try
        {
            if (node.Kind == ConfigNodeKind.Text)
            {
                return RunSchedule.Parse(node.Text);
            }
            Exclude(node, "every", "cron");
            Exclude(node, "every", "interval");
            Exclude(node, "cron", "interval");
            TimeZoneInfo? zone = node["timezone"] is { } name ? TimeZoneInfo.FindSystemTimeZoneById(name.Text) : null;
            string? text =
                node["every"]?.Text
                ?? node["cron"]?.Text
                ?? (node["interval"] is { } number ? $"{number.Written} {node["unit"]?.Text ?? "minutes"}" : null);
            if (text is not null)
            {
                return RunSchedule.Parse(text, zone);
            }
            _problems.Add(node.Problem("says no time", "every: 15m, or cron: '0 2 * * *'"));
        }
        catch (FormatException e)
        {
            ConfigNode at = node["every"] ?? node["cron"] ?? node["interval"] ?? node;
            _problems.Add(at.Problem(at.HasVariables ? $"{at.Written} is no schedule" : e.Message));
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            _problems.Add(node["timezone"]!.Problem("this system knows no such time zone", "a name such as America/Sao_Paulo or UTC"));
        }
        return null;
    }

    private void Exclude(ConfigNode node, string one, string other)
    {
        if (node[one] is not null && node[other] is { } second)
        {
            _problems.Add(second.Problem($"'{one}' and '{other}' exclude each other", "keep one of them"));
        }
    }

    private void RefuseTwice(List<TableConfig> tables, string setting, Func<TableConfig, IEnumerable<string>> values, string hint)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (TableConfig table in tables)
        {
            foreach (string value in values(table).Where(v => !seen.Add(v)))
            {
                ConfigNode node = table.EntryOf(setting);
                _problems.Add(node.Problem(node.HasVariables ? "another table has the same" : $"another table has '{value}' too", hint));
            }
        }
    }

    /// <summary>A path of the config seen from the working folder. URLs and <c>-</c> pass.</summary>
    private string? Located(string? path) =>
        path is null or "-" || path.Contains("://", StringComparison.Ordinal) || _folder.Length == 0 ? path : Path.Combine(_folder, path);
}
