using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;
using StreamEtl.Spill;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// A version of a table as plain texts, found by replaying its files by key, as an outsider would; and held against its ledger, checksum and counts. Any disagreement
/// is a <see cref="WrongTableException"/>.
/// </summary>
internal static class TableReadBack
{
    /// <summary>The newest version's number (0 when there is no table) and its rows: key texts to name=text pairs, NULLs left out.</summary>
    public static async Task<(long Version, Dictionary<string, string> Rows)> NewestAsync(IObjectStore store, string table)
    {
        CommitRecord? newest = await new TableLog(store, new TableLayout(table)).ReadNewestAsync(default);
        return newest is null ? (0, []) : (newest.Version, await RowsAsync(store, newest));
    }

    /// <summary>The rows of a version.</summary>
    public static async Task<Dictionary<string, string>> RowsAsync(IObjectStore store, CommitRecord record)
    {
        var rows = new Dictionary<string, (string Row, long Place)>(StringComparer.Ordinal);
        for (int f = 0; f < record.Files.Count; f++)
        {
            long number = 0;
            foreach ((string key, string row, string? operation) in await ReadAsync(store, record.Files[f].Path, record.Key))
            {
                bool known = rows.ContainsKey(key);
                if (operation is null ? known : known != (operation is "U" or "D"))
                {
                    throw new WrongTableException(
                        $"file {f} has {operation ?? "a row"} for key '{key}', which is {(known ? "" : "not ")}there"
                    );
                }
                if (operation == "D")
                {
                    rows.Remove(key);
                }
                else
                {
                    rows[key] = (row, LedgerFormat.Place(f, number));
                }
                number++;
            }
            Require(number == record.Files[f].Rows, $"file {f} has {number} rows, its record says {record.Files[f].Rows}");
        }
        await CheckLedgerAsync(store, record, [.. rows.Values.Select(r => r.Place)]);
        return rows.ToDictionary(r => r.Key, r => r.Value.Row, StringComparer.Ordinal);
    }

    /// <summary>The rows of a Parquet object as texts.</summary>
    public static async Task<List<(string Key, string Row, string? Operation)>> ReadAsync(
        IObjectStore store,
        string path,
        IReadOnlyList<string> keys
    )
    {
        var pool = new BufferPool(new MemoryBudget(256 << 20));
        var result = new List<(string, string, string?)>();
        ParquetRowSource source = await ParquetRowSource.OpenAsync(
            await ObjectBytes.OpenAsync(store, path, default),
            pool,
            rows: null,
            default
        );
        await using (source)
        {
            PlanColumn[] plan = [.. source.Columns.Select((c, i) => new PlanColumn(c.Name, i, c.Type!.Value, ColumnMode.Convert))];
            while (await source.ReadAsync(1 << 20, default) is { } unit)
            {
                using RowBatch batch = source.Decode(unit, plan);
                for (int r = 0; r < batch.RowCount; r++)
                {
                    result.Add(Texts(batch, plan, r, keys));
                }
            }
        }
        return result;
    }

    private static (string Key, string Row, string? Operation) Texts(RowBatch batch, PlanColumn[] plan, int row, IReadOnlyList<string> keys)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int c = 0; c < plan.Length; c++)
        {
            if (!batch.Columns[c]!.IsNull(row))
            {
                values[plan[c].Name] = Text(batch.Columns[c]!, row);
            }
        }
        values.Remove("_cdc_timestamp");
        values.Remove("_cdc_operation", out string? operation);
        string key = string.Join('|', keys.Select(k => values[k]));
        return (key, string.Join(';', values.Select(v => $"{v.Key}={v.Value}")), operation);
    }

    /// <summary>Numbers without zeros behind the point: how many there are depends on the type, which may widen.</summary>
    private static string Text(Column column, int row)
    {
        byte[] bytes = new byte[ValueText.MaxLength(column, row)];
        string text = System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, ValueText.Format(column, row, bytes)));
        return column.Type.Kind == ColumnKind.Decimal && text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private static async Task CheckLedgerAsync(IObjectStore store, CommitRecord record, HashSet<long> places)
    {
        var checksum = default(TableChecksum);
        long count = 0;
        OpenLedger files = await OpenLedger.OpenAsync(store, record.Ledger, default);
        await using (files)
        {
            LedgerState ledger = files.Read();
            var block = new KeyRecord[97];
            int read;
            while ((read = await ledger.ReadAsync(block, default)) > 0)
            {
                foreach (KeyRecord entry in block.AsSpan(0, read))
                {
                    Require(places.Contains(entry.Place), $"the ledger names place {entry.Place:x}, where no live row is");
                    checksum.Add(entry.Key, entry.Row);
                    count++;
                }
            }
        }
        Require(count == places.Count, $"the ledger has {count} keys, the files have {places.Count}");
        Require(count == record.Counts.Rows, $"the record counts {record.Counts.Rows} rows, the ledger has {count}");
        Require(checksum.ToString() == record.Checksum, "the checksum of the record is not that of its ledger");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new WrongTableException(message);
        }
    }
}
