using System.Text.Json;
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
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ordinals;
    private readonly BufferPool _pool;

    private JsonRowSource(JsonBlocks blocks, IReadOnlyList<SourceColumn> columns, BufferPool pool)
    {
        _blocks = blocks;
        _pool = pool;
        Columns = columns;
        _ordinals = columns.Select((c, i) => (c.Name, i)).ToDictionary(p => p.Name, p => p.i).GetAlternateLookup<ReadOnlySpan<char>>();
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
        new JsonDecoder(Info.Name, Columns.Count, _ordinals).Decode((JsonUnit)unit, plan);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _blocks.DisposeAsync();

    private static async ValueTask<List<SourceColumn>> ScanAsync(
        IByteInput input,
        JsonReadOptions options,
        BufferPool pool,
        CancellationToken cancellationToken
    )
    {
        var names = new List<string>();
        var found = new Dictionary<string, JsonColumnEvidence>();
        JsonBlocks blocks = await JsonBlocks.OpenAsync(input, options, cancellationToken).ConfigureAwait(false);
        await using (blocks.ConfigureAwait(false))
        {
            byte[] copy = new byte[256];
            while (await blocks.ReadAsync(pool, ScanBytes, cancellationToken).ConfigureAwait(false) is { } unit)
            {
                using (unit)
                {
                    foreach (JsonRecord record in unit.Records)
                    {
                        // A malformed record is judged when rows are read, where the policy on such rows holds.
                        JsonRowReader.Read(
                            unit.Bytes.AsSpan(record.Start, record.Length),
                            (name, kind, text) => Learn(System.Text.Encoding.UTF8.GetString(name), kind, text)
                        );
                    }
                }
            }

            void Learn(string name, JsonTokenType kind, ReadOnlySpan<byte> text)
            {
                if (!found.TryGetValue(name, out JsonColumnEvidence? evidence))
                {
                    found[name] = evidence = new JsonColumnEvidence();
                    names.Add(name);
                }
                if (text.Length > copy.Length)
                {
                    copy = new byte[text.Length * 2];
                }
                text.CopyTo(copy);
                evidence.Add(kind, copy, text.Length);
            }
        }
        if (names.Count == 0)
        {
            throw new StreamEtlException(
                ErrorKind.EmptyInput,
                "the input holds no JSON object",
                new RecordPosition(input.Info.Name, 0, 0),
                "one object a line, or one array of objects, is expected"
            );
        }
        return [.. names.Select(n => new SourceColumn(n, found[n].Resolve()))];
    }
}
