using StreamEtl.Errors;
using StreamEtl.Tables;

namespace StreamEtl.Connectors.Configuration;

/// <summary>Binds one table: its own entries, else the defaults', else the config's.</summary>
internal sealed class TableBinder(
    ConfigNode root,
    ConfigNode table,
    string? givenName,
    Func<string?, string?> located,
    List<ConfigProblem> problems
)
{
    /// <summary>Entries that are options of the command line as they stand.</summary>
    internal static readonly string[] PlainOptions =
    [
        "from",
        "delimiter",
        "quote",
        "escape",
        "encoding",
        "no_header",
        "skip_lines",
        "decimal",
        "date_format",
        "null",
        "quoted_empty",
        "line_ends",
        "max_record",
        "types",
        "schema",
        "on_error",
        "rejects",
        "compression",
    ];

    private readonly ConfigNode? _defaults = root["defaults"];
    private readonly int _before = problems.Count;

    /// <summary>The table; null when it has problems.</summary>
    public TableConfig? Bind()
    {
        ConfigNode? key = Find("key", "primary_key");
        string? name = Name();
        IReadOnlyList<string> source = Source(name);
        string? into = Into(name);
        if (Find("mode")?.Text is "cdc" or "incremental" && key is null)
        {
            problems.Add(table.Problem($"mode '{Find("mode")!.Text}' needs a 'key'", "key: id, or a list of columns"));
        }
        if (Find("compare") is not null && Find("ignore") is { } ignored)
        {
            problems.Add(ignored.Problem("'compare' and 'ignore' exclude each other", "keep one of them"));
        }
        if (problems.Count > _before || name is null || into is null)
        {
            return null;
        }
        return new TableConfig
        {
            Name = name,
            Source = source,
            Into = into,
            Key = Columns(key) ?? [],
            DateField = Find("date_field")?.Text,
            DateFieldStrict = Find("date_field_strict")?.Boolean,
            Mode = Find("mode")?.Text,
            PartitionDate = Find("partition_date")?.Text,
            Compare = Columns(Find("compare")),
            Ignore = Columns(Find("ignore")),
            OnDuplicateKey = Find("on_duplicate_key")?.Text,
            MaxDeletePercent = (double?)Find("max_delete_percent")?.Number,
            AllowEmpty = Find("allow_empty")?.Boolean,
            AllowTruncated = Find("allow_truncated")?.Boolean,
            SchemaChange = Find("schema_change")?.Text,
            RotateTo = located(Filled(Find("rotate_to")?.Text, name)),
            Options = Options(name),
            EntryOf = setting => Find(setting) ?? table,
        };
    }

    private ConfigNode? Find(string setting) => table[setting] ?? _defaults?[setting];

    /// <summary>An entry under either of its names.</summary>
    private ConfigNode? Find(string setting, string alias)
    {
        foreach (ConfigNode? level in new[] { table, _defaults })
        {
            if (level?[setting] is not null && level[alias] is { } second)
            {
                problems.Add(second.Problem($"'{setting}' and '{alias}' are one thing", "keep one of them"));
            }
        }
        return table[setting] ?? table[alias] ?? Find(setting) ?? Find(alias);
    }

    /// <summary>The name: given, or that of the file without its extensions.</summary>
    private string? Name()
    {
        ConfigNode? node = table["name"];
        if (node is { HasVariables: true })
        {
            problems.Add(node.Problem("a table's name cannot hold a variable", "names go into file names and logs"));
            return null;
        }
        if ((node?.Text ?? givenName) is { } name)
        {
            return Checked(name, node ?? table);
        }
        ConfigNode? source = table["file"] ?? table["source"];
        string? stem = source is { Kind: ConfigNodeKind.Text, HasVariables: false } ? Path.GetFileName(source.Text).Split('.')[0] : null;
        if (string.IsNullOrEmpty(stem) || stem.AsSpan().ContainsAny("*?[{"))
        {
            problems.Add(table.Problem("has no 'name'"));
            return null;
        }
        return Checked(stem, table);
    }

    private string? Checked(string name, ConfigNode node)
    {
        try
        {
            _ = TableName.Normalize(name);
            return name;
        }
        catch (StreamEtlException e)
        {
            problems.Add(node.Problem(e.Reason, e.Hint));
            return null;
        }
    }

    private IReadOnlyList<string> Source(string? name)
    {
        ConfigNode? folder = root["source"] is { Kind: ConfigNodeKind.Map } map ? map["path"] : root["source"];
        foreach (ConfigNode? level in new[] { table, _defaults })
        {
            if (level?["source"] is not null && level["file"] is { } second)
            {
                problems.Add(
                    second.Problem(
                        "'source' and 'file' exclude each other",
                        "source is a path, file a name in the config's 'source' folder"
                    )
                );
            }
            if (level?["file"] is { } file)
            {
                return [located(Filled(Path.Combine(folder?.Text ?? "", file.Text), name))!];
            }
            if (level?["source"] is { } source)
            {
                return [.. Texts(source).Select(s => located(Filled(s, name))!)];
            }
        }
        problems.Add(table.Problem("has no 'source'", "a path or glob: source: data/actual/orders.csv"));
        return [];
    }

    private string? Into(string? name)
    {
        if ((Find("into") ?? root["into"]) is { } into)
        {
            return located(Filled(into.Text, name));
        }
        if (root["bucket"] is { } bucket)
        {
            return $"s3://{bucket.Text}/{root["prefix"]?.Text.Trim('/')}".TrimEnd('/');
        }
        problems.Add(table.Problem("has no 'into'", "the folder that holds the tables; it may stand beside 'tables', for all of them"));
        return null;
    }

    private Dictionary<string, IReadOnlyList<string>> Options(string name)
    {
        var options = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (string option in PlainOptions)
        {
            if (Find(option) is { } node)
            {
                options[option] = option is "schema" or "rejects" ? [located(Filled(node.Text, name))!] : Texts(node);
            }
        }
        return options;
    }

    private static IReadOnlyList<string>? Columns(ConfigNode? node) =>
        node?.Kind == ConfigNodeKind.Text ? node.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : node is null ? null
        : Texts(node);

    private static IReadOnlyList<string> Texts(ConfigNode node) =>
        node.Kind == ConfigNodeKind.List ? [.. node.Items.Select(i => i.Text)] : [node.Text];

    private static string? Filled(string? text, string? name) => text?.Replace("{table}", name ?? "", StringComparison.Ordinal);
}
