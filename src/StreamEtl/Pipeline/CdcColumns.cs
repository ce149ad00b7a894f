using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>Adds <c>_cdc_operation</c> (<c>I</c>, <c>U</c>, <c>D</c>) and <c>_cdc_timestamp</c> (one instant a run) behind a batch's own columns.</summary>
internal sealed class CdcColumns(DateTimeOffset instant)
{
    private static readonly byte[] Letters = "IUD"u8.ToArray();
    private readonly long _micros = (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The fields that the columns have in an output.</summary>
    public static IReadOnlyList<Field> Fields { get; } =
    [new Field("_cdc_operation", ColumnType.Text, Nullable: false), new Field("_cdc_timestamp", ColumnType.Instant, Nullable: false)];

    /// <summary>Marks the selected rows: deletes, or inserts and updates by what <paramref name="inserted"/> holds.</summary>
    public void Add(RowBatch batch, RowBitmap? inserted)
    {
        var views = batch.Lease.Rent<TextView>(batch.RowCount);
        for (int i = 0; i < batch.RowCount; i++)
        {
            int letter =
                inserted is null ? 2
                : inserted.Get(batch.Ordinal(i)) ? 0
                : 1;
            views[i] = new TextView(letter, 1);
        }
        long[] stamps = batch.Lease.Rent<long>(batch.RowCount);
        stamps.AsSpan(0, batch.RowCount).Fill(_micros);
        batch.Columns =
        [
            .. batch.Columns,
            new Column
            {
                Type = ColumnType.Text,
                Count = batch.RowCount,
                Views = views,
                Bytes = Letters,
            },
            new Column
            {
                Type = ColumnType.Instant,
                Count = batch.RowCount,
                Longs = stamps,
            },
        ];
    }
}
