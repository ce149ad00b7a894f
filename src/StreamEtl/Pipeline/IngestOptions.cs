using StreamEtl.Storage;

namespace StreamEtl.Pipeline;

/// <summary><c>ingest</c>: inputs, matched by column name, into a managed table. <see cref="JobOptions.Output"/> is what messages call the table.</summary>
public sealed record IngestOptions : JobOptions
{
    /// <summary>Paths, globs already expanded; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Name of the table, as the user gave it (see <see cref="Tables.TableName"/>).</summary>
    public required string Table { get; init; }

    /// <summary>The folder that holds tables.</summary>
    public required string Into { get; init; }

    /// <summary>The same folder as a store, where it is not one of this machine; null: <see cref="Into"/> names a local folder.</summary>
    public IObjectStore? Store { get; init; }

    /// <summary>Key columns. Empty: those that the table has already.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>
    /// Null: <see cref="IngestMode.Full"/> when there is no such table yet, else <see cref="IngestMode.Incremental"/> where it was loaded so, and <see cref="IngestMode.Cdc"/>
    /// where not.
    /// </summary>
    public IngestMode? Mode { get; init; }

    /// <summary>The column whose newer value makes an update, or null: any difference does.</summary>
    public string? DateField { get; init; }

    /// <summary>False: rows that differ without a newer date are updates too.</summary>
    public bool DateFieldStrict { get; init; } = true;

    /// <summary>Incremental: the <c>partitionDate</c> of rows whose input tells none; null: today, UTC.</summary>
    public DateOnly? PartitionDate { get; init; }

    /// <summary>A day as <c>YYYYMMDD</c>; null when the text is none.</summary>
    public static DateOnly? ParseDay(string text) => PartitionDates.Parse(text);

    /// <summary>Only these columns are compared; null: all.</summary>
    public IReadOnlyList<string>? Compare { get; init; }

    /// <summary>These columns are not compared.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Rows of one key that differ within the input.</summary>
    public DuplicateKeyRule OnDuplicateKey { get; init; }

    /// <summary>A run that would delete more than this share of the table's rows, in percent, stops. 100 allows everything.</summary>
    public double MaxDeletePercent { get; init; } = 20;

    /// <summary>True: an input without rows may empty the table.</summary>
    public bool AllowEmpty { get; init; }

    /// <summary>True: an input that seems to be cut off is taken as it is.</summary>
    public bool AllowTruncated { get; init; }

    /// <summary>What happens when the input's columns are not the table's.</summary>
    public SchemaChangeRule SchemaChange { get; init; }
}
