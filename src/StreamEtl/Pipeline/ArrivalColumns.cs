using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// What <c>ingest --mode incremental</c> keeps of every row besides its data: <c>ingestDate</c>, the start of the run that brought it (UTC, microseconds);
/// <c>partitionDate</c>, a day as <c>YYYYMMDD</c>, the input's own where it has such a column; and <c>version</c>, the MD5 of the input as 32 hexadecimal digits
/// (<see cref="TableInput.HashAsync"/> says of which bytes). They stand behind the data, and are no part of what is compared.
/// </summary>
/// <param name="instant">Start of the run.</param>
/// <param name="day">The day of rows whose input tells none.</param>
internal sealed class ArrivalColumns(DateTimeOffset instant, DateOnly day)
{
    /// <summary>Name of the day's column, in tables and in inputs.</summary>
    public const string PartitionDate = "partitionDate";

    private readonly long _micros = (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    private byte[] _version = [];

    /// <summary>Names of the columns, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ingestDate", PartitionDate, "version"];

    /// <summary>The columns of a table. <paramref name="nullable"/>: some rows were there before anything was kept of their arrival.</summary>
    public static IReadOnlyList<Field> Fields(bool nullable) =>
        [
            new Field(Names[0], ColumnType.Instant, nullable),
            new Field(Names[1], ColumnType.Text, nullable),
            new Field(Names[2], ColumnType.Text, nullable),
        ];

    /// <summary>True for a name that the columns take, however it is written.</summary>
    public static bool IsTaken(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Says what the input's bytes sum up to; before <see cref="Append"/>.</summary>
    public void SetVersion(ReadOnlySpan<byte> md5) => _version = System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(md5));

    /// <summary>The days of a batch's rows as numbers <c>YYYYMMDD</c>; <paramref name="given"/> is the input's column, or -1.</summary>
    public Column Days(RowBatch batch, int given) => PartitionDates.Numbers(given < 0 ? null : batch.Columns[given], day, batch);

    /// <summary>Adds the columns behind those of <paramref name="data"/>.</summary>
    public Column?[] Append(RowBatch batch, int given, IReadOnlyList<Column?> data)
    {
        long[] instants = batch.Lease.Rent<long>(batch.RowCount);
        instants.AsSpan(0, batch.RowCount).Fill(_micros);
        TextView[] versions = batch.Lease.Rent<TextView>(batch.RowCount);
        versions.AsSpan(0, batch.RowCount).Fill(new TextView(0, _version.Length));
        return
        [
            .. data,
            new Column
            {
                Type = ColumnType.Instant,
                Count = batch.RowCount,
                Longs = instants,
            },
            PartitionDates.Texts(Days(batch, given), batch.Lease),
            new Column
            {
                Type = ColumnType.Text,
                Count = batch.RowCount,
                Views = versions,
                Bytes = _version,
            },
        ];
    }
}
