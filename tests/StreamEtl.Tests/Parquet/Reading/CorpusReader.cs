using System.Security.Cryptography;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Reads whole files through the public source, and takes the corpus's hashes.</summary>
internal static class CorpusReader
{
    public static IReadOnlyList<PlanColumn> PlanOf(IRowSource source) =>
        [.. source.Columns.Select((c, i) => new PlanColumn(c.Name, i, c.Type!.Value, ColumnMode.Convert))];

    /// <summary>Rows, after decoding every column; asserts that nothing is left rented, also on errors.</summary>
    public static long Read(string path, int rowsPerUnit = 0, long mostRows = long.MaxValue, Action<RowBatch>? look = null)
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        long rows = 0;
        try
        {
            using ParquetSession session = ParquetSession.Open(path, pool, rowsPerUnit);
            IReadOnlyList<PlanColumn> plan = PlanOf(session.Source);
            session.Source.SetPlan(plan);
            while (rows < mostRows && session.Read() is { } unit)
            {
                RowBatch batch;
                try
                {
                    batch = session.Source.Decode(unit, plan);
                }
                catch
                {
                    unit.Dispose();
                    throw;
                }
                using (batch)
                {
                    rows += batch.RowCount;
                    look?.Invoke(batch);
                }
            }
        }
        finally
        {
            Assert.Equal(0, pool.OutstandingLeases);
        }
        return rows;
    }

    /// <summary>Hash of all rows in canonical form, nested fields structured.</summary>
    public static (long Rows, string Hash, string[] ColumnHashes) Hash(CorpusFile file, int rowsPerUnit = 0)
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        using ParquetSession session = ParquetSession.Open(file.Path, pool, rowsPerUnit);
        FileBytes bytes = FileBytes.Open(file.Path);
        ParquetFile opened = ParquetFile.OpenAsync(bytes, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var decoder = new ParquetDecoder(opened);
        IReadOnlyList<PlanColumn> plan = PlanOf(session.Source);
        session.Source.SetPlan(plan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IncrementalHash[] columnHashes = [.. plan.Select(_ => IncrementalHash.CreateHash(HashAlgorithmName.SHA256))];
        long rows = 0;
        while (session.Read() is { } unit)
        {
            var nested = new Dictionary<int, Column>();
            for (int f = 0; f < plan.Count; f++)
            {
                SchemaNode field = opened.Schema.Fields[f];
                if (!ColumnNames.IsFlat(field))
                {
                    var store = new ByteStore(unit.Lease);
                    LeafDecoder? leaf = null;
                    INestedSink sink = field.IsVariant ? new VariantTextSink(store) : new CanonicalSink(store);
                    nested[f] = decoder.Assemble((ParquetUnit)unit, field, unit.Lease, new Scratch(unit.Lease), store, sink, ref leaf);
                }
            }
            using RowBatch batch = session.Source.Decode(unit, plan);
            for (int row = 0; row < batch.RowCount; row++)
            {
                string[] cells = new string[plan.Count];
                for (int c = 0; c < cells.Length; c++)
                {
                    string? type = c < file.Columns.Length ? file.Columns[c].Type : null;
                    cells[c] = nested.TryGetValue(c, out Column? column)
                        ? column.IsNull(row)
                            ? "N"
                            : System.Text.Encoding.UTF8.GetString(column.Text(row))
                        : CanonicalText.Of(batch.Columns[c]!, row, opened.Schema.Fields[c], type);
                    columnHashes[c].AppendData(System.Text.Encoding.UTF8.GetBytes(cells[c] + "\n"));
                }
                hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Join('|', cells) + "\n"));
            }
            rows += batch.RowCount;
        }
        session.Dispose();
        opened.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Assert.Equal(0, pool.OutstandingLeases);
        return (
            rows,
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            [.. columnHashes.Select(h => Convert.ToHexStringLower(h.GetHashAndReset()))]
        );
    }
}
