using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>A source driven synchronously: reading a local file never waits.</summary>
internal sealed class ParquetSession : IDisposable
{
    private ParquetSession(ParquetRowSource source) => Source = source;

    public ParquetRowSource Source { get; }

    public static ParquetSession Open(string path, BufferPool pool, int rowsPerUnit = 0, RowBitmap? rows = null) =>
        Open(FileBytes.Open(path), pool, rowsPerUnit, rows);

    public static ParquetSession Open(IRandomBytes bytes, BufferPool pool, int rowsPerUnit = 0, RowBitmap? rows = null) =>
        new(ParquetRowSource.OpenAsync(bytes, pool, rows, rowsPerUnit, CancellationToken.None).AsTask().GetAwaiter().GetResult());

    public SourceUnit? Read() => Source.ReadAsync(1 << 20, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public void Dispose() => Source.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
