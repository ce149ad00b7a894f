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
    private readonly Field[] _data;

    private IngestColumns(JobColumns columns, CommitRecord? newest, bool joins, bool arrives)
    {
        _columns = columns;
        _joined = joins ? newest : null;
        KeepsArrival = arrives;
        GivenDay = arrives ? ColumnMatch.IgnoringCase(columns.Names, ArrivalColumns.PartitionDate) : -1;
        Order =
        [
            .. Enumerable
                .Range(0, columns.Columns.Count)
                .Where(c => c != GivenDay)
                .OrderBy(c => TableOrdinal(c) is >= 0 and var o ? o : int.MaxValue),
        ];
        IReadOnlyList<Field> all = columns.Fields();
        _data = [.. Order.Select(c => all[c] with { Name = Name(c) })];
        // Rows that were there before have none of these.
        bool nullable = newest is { KeepsArrival: true } ? newest.Schema[^1].Nullable : joins;
        Fields = arrives ? [.. _data, .. ArrivalColumns.Fields(nullable)] : _data;
    }

    /// <summary>True when the table keeps the arrival of rows (<see cref="ArrivalColumns"/>).</summary>
    public bool KeepsArrival { get; }

    /// <summary>The input's own <c>partitionDate</c>, which is no data then, or -1.</summary>
    public int GivenDay { get; }

    /// <summary>Key columns.</summary>
    public int[] Keys { get; private init; } = [];

    /// <summary>Columns whose difference is a change.</summary>
    public int[] Compared { get; private init; } = [];

    /// <summary>The column that says which row is newer, or -1.</summary>
    public int Date { get; private init; } = -1;

    /// <summary>The columns of data as the table has them.</summary>
    public int[] Order { get; }

    /// <summary>The table's schema: the data in <see cref="Order"/>, then arrival.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>What the hashes are made of.</summary>
    public LedgerHashes Hashes { get; private set; } = null!;

    /// <summary>True when every difference in a row is a change.</summary>
    public bool ComparesAll { get; private init; }

    /// <summary>
    /// Assigns the roles. <paramref name="newest"/> is the table's newest version, whose choices hold where the user makes none; <paramref name="joins"/> says that the table goes on
    /// with it (and side 0 of the columns is the table's data), not that the input takes its place; <paramref name="arrives"/> that the arrival of rows is kept.
    /// </summary>
    public static IngestColumns Build(JobColumns columns, IngestOptions options, CommitRecord? newest, bool joins, bool arrives)
    {
        if (arrives)
        {
            CheckArrival(columns, options);
        }
        int[] keys = [.. KeyNames(columns, options, newest, joins).Select(k => columns.Find(k, "--key"))];
        string? dateName = arrives ? null : options.DateField ?? (newest is { KeepsArrival: true } ? null : newest?.DateField);
        int date = dateName is null ? -1 : columns.Find(dateName, "--date-field");
        bool chosen = options.Compare is not null || options.Ignore.Count > 0;
        int[] ignored = [.. options.Ignore.Select(n => columns.Find(n, "--ignore"))];
        IEnumerable<string>? compare = options.Compare ?? (chosen ? null : newest?.Compare);
        var roles = new IngestColumns(columns, newest, joins, arrives);
        IEnumerable<int> wanted = compare is null ? roles.Order.Except(keys) : compare.Select(n => columns.Find(n, "--compare"));
        roles = new IngestColumns(columns, newest, joins, arrives)
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
            arrives ? new Field(ArrivalColumns.PartitionDate, ColumnType.Text)
                : date < 0 ? null
                : roles.FieldOf(date)
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
        foreach (Field field in Fields.Skip(_data.Length))
        {
            if (!before.Remove(field.Name))
            {
                yield return new SchemaChange(field.Name, "added");
            }
        }
        for (int i = 0; i < Order.Length; i++)
        {
            JobColumn column = _columns.Columns[Order[i]];
            Field field = _data[i];
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

    private Field FieldOf(int column) => _data[Array.IndexOf(Order, column)];

    private int TableOrdinal(int column) => _joined is null ? -1 : _columns.Columns[column].SideNames[0];

    private static void CheckArrival(JobColumns columns, IngestOptions options)
    {
        if (options.DateField is not null)
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"--date-field is of no use in mode incremental: there {ArrivalColumns.PartitionDate} says which row is newer",
                hint: $"leave it out; an input may have a column {ArrivalColumns.PartitionDate} of its own, or say --partition-date"
            );
        }
        string? taken = columns.Names.FirstOrDefault(n =>
            ArrivalColumns.IsTaken(n) && !string.Equals(n, ArrivalColumns.PartitionDate, StringComparison.OrdinalIgnoreCase)
        );
        if (taken is not null)
        {
            throw new StreamEtlException(
                ErrorKind.Header,
                $"there is a column '{taken}', and mode incremental keeps its own under that name",
                hint: "give the column another name"
            );
        }
        if (options.Key.Any(k => string.Equals(k, ArrivalColumns.PartitionDate, StringComparison.OrdinalIgnoreCase)))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"--key: {ArrivalColumns.PartitionDate} says which row of a key is newer, and cannot be of the key",
                hint: "name the columns that say which rows are the same thing"
            );
        }
    }

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
        foreach (Field field in _data)
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
