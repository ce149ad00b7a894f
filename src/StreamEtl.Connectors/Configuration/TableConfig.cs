namespace StreamEtl.Connectors.Configuration;

/// <summary>One table of a config. Null means: the default of the <c>ingest</c> command.</summary>
public sealed record TableConfig
{
    /// <summary>Its name, as the user wrote it.</summary>
    public required string Name { get; init; }

    /// <summary>Paths and globs, at least one.</summary>
    public required IReadOnlyList<string> Source { get; init; }

    /// <summary>The folder, or <c>s3://</c> URL, that holds the tables.</summary>
    public required string Into { get; init; }

    /// <summary>Key columns; empty when none are named.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>The column whose newer value makes an update.</summary>
    public string? DateField { get; init; }

    /// <summary>False: rows that differ without a newer date are updates too.</summary>
    public bool? DateFieldStrict { get; init; }

    /// <summary><c>full</c>, <c>cdc</c> or <c>incremental</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Mode incremental: the day of rows that tell none, as <c>YYYYMMDD</c>.</summary>
    public string? PartitionDate { get; init; }

    /// <summary>Only these columns are compared.</summary>
    public IReadOnlyList<string>? Compare { get; init; }

    /// <summary>These columns are not compared.</summary>
    public IReadOnlyList<string>? Ignore { get; init; }

    /// <summary><c>last</c>, <c>first</c> or <c>fail</c>.</summary>
    public string? OnDuplicateKey { get; init; }

    /// <summary>Deletes beyond this share of the table stop the run, 0 to 100.</summary>
    public double? MaxDeletePercent { get; init; }

    /// <summary>True: a source without rows may empty the table.</summary>
    public bool? AllowEmpty { get; init; }

    /// <summary>True: a source that seems to be cut off is taken as it is.</summary>
    public bool? AllowTruncated { get; init; }

    /// <summary><c>evolve</c> or <c>fail</c>.</summary>
    public string? SchemaChange { get; init; }

    /// <summary>The folder to which source files are moved after a successful run.</summary>
    public string? RotateTo { get; init; }

    /// <summary>How the source is read and the table is written: the values of the command line's options of the same names (<c>date_format</c> is <c>--date-format</c>).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Options { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The entry of the config that a problem with one of the settings belongs to; that of the table when the setting is not written.</summary>
    public required Func<string, ConfigNode> EntryOf { get; init; }
}
