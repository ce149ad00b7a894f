using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Json;

/// <summary>
/// NDJSON, or one JSON array of objects, as rows. The input is read once to find the keys (in the order in which they first occur) and their types, and then again for
/// the rows; so types are known from the start, and no later value contradicts them.
/// </summary>
public sealed class JsonRowSource : IRowSource
{
    private const int ScanBytes = 1 << 20;

    private readonly JsonBlocks _blocks;
    private readonly JsonNames _names = new();
    private readonly BufferPool _pool;

    private JsonRowSource(JsonBlocks blocks, IReadOnlyList<SourceColumn> columns, BufferPool pool)
    {
        _blocks = blocks;
        _pool = pool;
        Columns = columns;
        foreach (SourceColumn column in columns)
        {
            _names.FindOrAdd(System.Text.Encoding.UTF8.GetBytes(column.Name), -1);
        }
    }

    /// <inheritdoc/>
    public SourceInfo Info => _blocks.Info;

    /// <inheritdoc/>
    public long Position => _blocks.Position;

    /// <inheritdoc/>
    public long FirstLine => 1;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => [];

    /// <inheritdoc/>
    public IReadOnlyList<SourceColumn> Columns { get; }

    /// <summary>Opens an input, with its columns when an earlier reading has found them, else after reading it once.</summary>
    public static async ValueTask<JsonRowSource> OpenAsync(
        IByteInput input,
        JsonReadOptions options,
        IReadOnlyList<SourceColumn>? known,
        BufferPool pool,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pool);
        known ??= await ScanAsync(input, options, pool, cancellationToken).ConfigureAwait(false);
        JsonBlocks blocks = await JsonBlocks.OpenAsync(input, options, cancellationToken).ConfigureAwait(false);
        return new JsonRowSource(blocks, known, pool);
    }

    /// <inheritdoc/>
    public async ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken) =>
        await _blocks.ReadAsync(_pool, targetBytes, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan) =>
        new JsonDecoder(Info.Name, _names).Decode((JsonUnit)unit, plan);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _blocks.DisposeAsync();

    private static async ValueTask<List<SourceColumn>> ScanAsync(
        IByteInput input,
        JsonReadOptions options,
        BufferPool pool,
        CancellationToken cancellationToken
    )
    {
        JsonBlocks blocks = await JsonBlocks.OpenAsync(input, options, cancellationToken).ConfigureAwait(false);
        JsonScan[] scans = [.. Enumerable.Range(0, options.Threads).Select(_ => new JsonScan())];
        var underWay = new Task[scans.Length];
        Array.Fill(underWay, Task.CompletedTask);
        await using (blocks.ConfigureAwait(false))
        {
            try
            {
                for (int n = 0; ; n++)
                {
                    int number = n;
                    int turn = n % scans.Length;
                    await underWay[turn].ConfigureAwait(false);
                    JsonUnit? unit = await blocks.ReadAsync(pool, ScanBytes, cancellationToken).ConfigureAwait(false);
                    if (unit is null)
                    {
                        break;
                    }
                    underWay[turn] = Task.Run(() => Scan(scans[turn], unit, number), CancellationToken.None);
                }
            }
            finally
            {
                await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await Task.WhenAll(underWay).ConfigureAwait(false);
        }
        List<SourceColumn> columns = JsonScan.Columns(scans);
        if (columns.Count == 0)
        {
            throw new StreamEtlException(
                ErrorKind.EmptyInput,
                "the input holds no JSON object",
                new RecordPosition(input.Info.Name, 0, 0),
                "one object a line, or one array of objects, is expected"
            );
        }
        return columns;
    }

    private static void Scan(JsonScan scan, JsonUnit unit, int number)
    {
        using (unit)
        {
            scan.Add(unit, number);
        }
    }
}
