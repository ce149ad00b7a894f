using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Hashing;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// What the columns of an input are to its table: keys, compared, written. Everything that a table keeps has the order and the spelling that its first load gave the columns;
/// later ones come behind. So neither a reordered input nor one that writes its header otherwise changes a hash.
/// </summary>
internal sealed class IngestColumns
{
    private readonly JobColumns _columns;
    private readonly CommitRecord? _joined;

    private IngestColumns(JobColumns columns, CommitRecord? joined)
    {
        _columns = columns;
        _joined = joined;
        Order = [.. Enumerable.Range(0, columns.Columns.Count).OrderBy(c => TableOrdinal(c) is >= 0 and var o ? o : int.MaxValue)];
        IReadOnlyList<Field> all = columns.Fields();
        Fields = [.. Order.Select(c => all[c] with { Name = Name(c) })];
    }

    /// <summary>Key columns.</summary>
    public int[] Keys { get; private init; } = [];

    /// <summary>Columns whose difference is a change.</summary>
    public int[] Compared { get; private init; } = [];

    /// <summary>The column that says which row is newer, or -1.</summary>
    public int Date { get; private init; } = -1;

    /// <summary>All columns as the table has them.</summary>
    public int[] Order { get; }

    /// <summary>The table's schema, in <see cref="Order"/>.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>What the hashes are made of.</summary>
    public LedgerHashes Hashes { get; private set; } = null!;

    /// <summary>True when every difference in a row is a change.</summary>
    public bool ComparesAll { get; private init; }

    /// <summary>
    /// Assigns the roles. <paramref name="newest"/> is the table's newest version, whose choices hold where the user makes none; <paramref name="joins"/> says that the table goes on
    /// with it (and side 0 of the columns is the table), not that the input takes its place.
    /// </summary>
    public static IngestColumns Build(JobColumns columns, IngestOptions options, CommitRecord? newest, bool joins)
    {
        int[] keys = [.. KeyNames(columns, options, newest, joins).Select(k => columns.Find(k, "--key"))];
        string? dateName = options.DateField ?? newest?.DateField;
        int date = dateName is null ? -1 : columns.Find(dateName, "--date-field");
        bool chosen = options.Compare is not null || options.Ignore.Count > 0;
        int[] ignored = [.. options.Ignore.Select(n => columns.Find(n, "--ignore"))];
        IEnumerable<string>? compare = options.Compare ?? (chosen ? null : newest?.Compare);
        var roles = new IngestColumns(columns, joins ? newest : null) { };
        IEnumerable<int> wanted = compare is null ? roles.Order.Except(keys) : compare.Select(n => columns.Find(n, "--compare"));
        roles = new IngestColumns(columns, joins ? newest : null)
        {
            Keys = keys,
            Compared = [.. roles.Order.Intersect(wanted).Except(ignored)],
            Date = date,
            ComparesAll = compare is null && ignored.Length == 0,
        };
        roles.Check(dateName);
        roles.Hashes = new LedgerHashes(
            LedgerHashes.Current,
            [.. roles.Keys.Select(roles.FieldOf)],
            [.. roles.Compared.Select(roles.FieldOf)],
            date < 0 ? null : roles.FieldOf(date)
        );
        return roles;
    }

    /// <summary>A column's name in the table.</summary>
    public string Name(int column) =>
        TableOrdinal(column) is >= 0 and var ordinal ? _joined!.Schema[ordinal].Name : _columns.Columns[column].Name;

    /// <summary>How the table's schema changes from <paramref name="newest"/>, and what the input lacks of it.</summary>
    public IEnumerable<SchemaChange> Changes(CommitRecord newest)
    {
        var before = newest.Schema.ToDictionary(f => f.Name);
        for (int i = 0; i < Order.Length; i++)
        {
            JobColumn column = _columns.Columns[Order[i]];
            Field field = Fields[i];
            if (!before.Remove(field.Name, out Field? old))
            {
                yield return new SchemaChange(field.Name, "added");
                continue;
            }
            if (column.SideNames[^1] < 0)
            {
                yield return new SchemaChange(field.Name, "dropped");
            }
            else if (column.Name != field.Name)
            {
                yield return new SchemaChange(field.Name, $"renamed to '{column.Name}' (case only)");
            }
            if (old.Type != field.Type)
            {
                yield return new SchemaChange(field.Name, $"{old.Type} -> {field.Type}");
            }
        }
        foreach (Field gone in before.Values)
        {
            yield return new SchemaChange(gone.Name, "dropped");
        }
    }

    private Field FieldOf(int column) => Fields[Array.IndexOf(Order, column)];

    private int TableOrdinal(int column) => _joined is null ? -1 : _columns.Columns[column].SideNames[0];

    private static IReadOnlyList<string> KeyNames(JobColumns columns, IngestOptions options, CommitRecord? newest, bool joins)
    {
        if (options.Key.Count == 0)
        {
            return newest?.Key
                ?? throw new StreamEtlException(ErrorKind.Usage, "ingest needs a key", hint: "name the key columns with --key a,b");
        }
        if (!joins)
        {
            return options.Key;
        }
        var given = options.Key.Select(k => columns.Find(k, "--key")).Order();
        return given.SequenceEqual(newest!.Key.Select(k => columns.Find(k, "--key")).Order())
            ? newest.Key
            : throw new StreamEtlException(
                ErrorKind.Usage,
                $"the key of table '{newest.Table}' is {string.Join(",", newest.Key)}, not {string.Join(",", options.Key)}",
                hint: "leave --key out, or load the table anew with --mode full"
            );
    }

    private void Check(string? dateName)
    {
        foreach (int key in Keys)
        {
            // The input must have it; a table that goes on has it in any case. An empty file has no columns, and is judged later.
            if (_columns.Columns[key].SideNames[^1] < 0 && _columns.Columns.Any(c => c.SideNames[^1] >= 0))
            {
                throw new StreamEtlException(
                    ErrorKind.ColumnNotFound,
                    $"--key: the input has no column '{Name(key)}'",
                    hint: "the key of a table must be in every input"
                );
            }
        }
        foreach (Field field in Fields)
        {
            if (CdcColumns.Fields.Any(f => string.Equals(f.Name, field.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new StreamEtlException(
                    ErrorKind.Header,
                    $"the input has a column '{field.Name}', and tables keep their own under that name",
                    hint: "give the column another name"
                );
            }
        }
        if (Date >= 0 && _columns.Columns[Date].Type is { Kind: not ColumnKind.Null } type && !SortKey.IsFixed(type))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"--date-field '{dateName}' is {type}, and a table keeps only dates, times and numbers of up to 64 bits",
                hint: "leave --date-field out, or make the column a date (see --date-format)"
            );
        }
    }
}
