using System.Numerics;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// A CSV input as rows. Reading scans each block once: the same pass that finds where records end, so that blocks can be cut, finds where fields end, unless few of them are read of every
/// record. Decoding, on other threads, turns fields into columns.
/// </summary>
public sealed class CsvRowSource : IRowSource, ISelectiveSource, IRecordSource, ILineSource
{
    private const int SampleBytes = 1 << 20;

    /// <summary>Most records of a unit: rows of a few bytes take many times their size once decoded, and memory is planned by bytes of input.</summary>
    private const int MostRecords = 1 << 16;

    private const int LargeRecord = 8 << 20;

    private readonly TextSource _bytes;
    private readonly List<string> _warnings;
    private readonly CsvReadOptions _options;
    private readonly CsvDialect _dialect;
    private readonly BufferPool _pool;
    private readonly IScanner _scanner;
    private readonly CsvDecoder _decoder;
    private byte[] _carry;
    private int _carryStart;
    private int _carryEnd;
    private bool _ended;
    private long _offset;
    private long _line;
    private int _mostBytes = int.MaxValue;

    private CsvRowSource(TextSource bytes, CsvReadOptions options, BufferPool pool, CsvStart start)
    {
        _bytes = bytes;
        _options = options;
        _dialect = start.Dialect;
        _pool = pool;
        _scanner = start.Scanner;
        _carry = start.Sample;
        _carryStart = start.DataStart;
        _carryEnd = start.SampleLength;
        _ended = start.IsWhole;
        _offset = start.DataStart;
        FirstLine = _line = start.FirstLine;
        Columns = start.Columns;
        _warnings = start.Warnings;
        _decoder = new CsvDecoder(bytes.Info.Name, _dialect, options, start.Columns.Count);
    }

    /// <inheritdoc/>
    public SourceInfo Info => _bytes.Info;

    /// <inheritdoc/>
    public long Position => _bytes.Position;

    /// <inheritdoc/>
    public long FirstLine { get; }

    /// <summary>
    /// What the user should know of preamble, header and encoding. The encoding of a text that begins with much ASCII is decided on the way, so one may
    /// come late: look again when the input has been read.
    /// </summary>
    public IReadOnlyList<string> Warnings => _bytes.Warning is { } warning ? [.. _warnings, warning] : _warnings;

    /// <inheritdoc/>
    public IReadOnlyList<SourceColumn> Columns { get; }

    /// <summary>What was found of the dialect.</summary>
    public CsvDialect Dialect => _dialect;

    /// <inheritdoc/>
    public string RecordForm => CsvRecordForm.Of(_dialect, _options, Columns);

    /// <inheritdoc/>
    public bool IsPlainFile => _bytes.IsPlainFile;

    /// <inheritdoc/>
    public void HashRecords(IReadOnlyList<PlanColumn> plan, IReadOnlyList<PlanColumn> rest) => _decoder.PutOff(plan, rest);

    /// <inheritdoc/>
    public void NotePlaces() => _decoder.NotePlaces();

    /// <inheritdoc/>
    public void CopyTexts() => _decoder.CopyTexts();

    /// <summary>Opens an input: finds encoding and dialect, reads the header.</summary>
    public static async ValueTask<CsvRowSource> OpenAsync(
        IByteInput input,
        CsvReadOptions options,
        BufferPool pool,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pool);
        IByteSource stored = await input.OpenAsync(cancellationToken).ConfigureAwait(false);
        IByteSource owned = stored;
        try
        {
            TextSource text = await TextSource.OpenAsync(stored, options.Encoding, cancellationToken).ConfigureAwait(false);
            owned = text;
            CsvStart start = await CsvStart.ReadAsync(text, options, SampleBytes, cancellationToken).ConfigureAwait(false);
            return new CsvRowSource(text, options, pool, start);
        }
        catch
        {
            await owned.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public bool? EndsWithLineBreak { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken)
    {
        if (_ended && _carryStart == _carryEnd)
        {
            return null;
        }
        BufferLease lease = _pool.Lease();
        try
        {
            return await ReadAsync(lease, Math.Clamp(targetBytes, 1, _mostBytes), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SourceUnit> ReadAgainAsync(RowPlaces places, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(places);
        BufferLease lease = _pool.Lease();
        try
        {
            byte[] block = lease.Rent<byte>(places.Bytes + TextConverter.Slack);
            int length = await FillAsync(block, 0, places.Bytes, cancellationToken).ConfigureAwait(false);
            if (length < places.Bytes)
            {
                throw ChangedInput.Error(Info.Name, _offset + length);
            }
            var unit = new PlacedUnit(lease, block, places, Info, _offset);
            _offset += length;
            return unit;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan) =>
        _decoder.Decode(unit is PlacedUnit placed ? placed.Scan(_scanner, _dialect) : (CsvUnit)unit, plan);

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan, int rows, int[] positions, int count)
    {
        if (unit is not PlacedUnit placed)
        {
            return _decoder.Decode((CsvUnit)unit, plan, rows, positions, positions, count);
        }
        CsvUnit picked = placed.Pick(_scanner, _dialect, positions.AsSpan(0, count), out int[] moved, out int pickedRows);
        return _decoder.Decode(picked, plan, pickedRows, moved, positions, count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bytes.DisposeAsync();

    private async ValueTask<SourceUnit?> ReadAsync(BufferLease lease, int size, CancellationToken cancellationToken)
    {
        // A record within the limit may end with two bytes more.
        long longest = _options.MaxRecordBytes + 2L;
        byte[] block = lease.Rent<byte>(size + TextConverter.Slack);
        int length = 0;
        bool grown = false;
        while (true)
        {
            length = await FillAsync(block, length, size, cancellationToken).ConfigureAwait(false);
            bool isLast = _ended && _carryStart == _carryEnd;
            if (isLast && length > 0)
            {
                EndsWithLineBreak = block[length - 1] is (byte)'\n' or (byte)'\r';
            }
            if (length == 0)
            {
                lease.Dispose();
                return null;
            }
            var index = new FieldIndex(lease, Math.Min(length, 1 << 20), _decoder.ScanWidth);
            int frame = _scanner.Scan(block.AsSpan(0, length), isLast, _dialect, index);
            if (frame > 0)
            {
                // A record that needed a larger block travels alone, for what follows it makes the unit larger than anyone asked for.
                frame = Cut(block, frame, index, grown ? 1 : MostRecords);
                _mostBytes =
                    frame < length && index.RecordCount == MostRecords ? frame + (frame / 4) : (int)Math.Min(_mostBytes * 2L, int.MaxValue);
                CheckLengths(block, frame, index);
                Keep(block.AsSpan(frame, length - frame));
                int lines =
                    index.LineFeeds < 0
                        ? LineCounter.Count(block.AsSpan(0, frame))
                        : index.LineFeeds - LineCounter.Count(block.AsSpan(frame, length - frame));
                var unit = new CsvUnit(lease, block, frame, index, _offset, lines);
                _offset += frame;
                _line += lines;
                return unit;
            }
            if (length >= longest)
            {
                throw CsvStart.TooLong(new RecordPosition(Info.Name, _line, _offset), _options.MaxRecordBytes);
            }
            // One record is longer than the block: read on into a larger one.
            index.Release();
            // Powers of two are what the pool rounds to; what earlier rounds left idle in it makes room for the next.
            long rounded = (long)BitOperations.RoundUpToPowerOf2((ulong)size * 2) - TextConverter.Slack;
            size = (int)Math.Min(rounded > size ? rounded : size * 2L, longest);
            if (size > LargeRecord)
            {
                _pool.Trim();
            }
            lease.Grow(ref block, length, size + TextConverter.Slack);
            grown = true;
        }
    }

    /// <summary>Keeps the first records of a frame; what follows them is carried over.</summary>
    private static int Cut(byte[] block, int frame, FieldIndex index, int records)
    {
        if (index.RecordCount <= records)
        {
            return frame;
        }
        int end = CsvHeader.RecordStart(block.AsSpan(0, frame), index, records);
        index.Cut(records);
        return end;
    }

    /// <summary>Holds records to the limit also where the block is larger, so that block sizes decide nothing.</summary>
    private void CheckLengths(byte[] block, int frame, FieldIndex index)
    {
        if (frame <= _options.MaxRecordBytes)
        {
            return;
        }
        ReadOnlySpan<byte> bytes = block.AsSpan(0, frame);
        for (int r = 0; r < index.RecordCount; r++)
        {
            int start = CsvHeader.RecordStart(bytes, index, r);
            if (index.Ends[index.RecordEnds[r]] - start > _options.MaxRecordBytes)
            {
                var place = new RecordPosition(Info.Name, _line + LineCounter.Count(bytes[..start]), _offset + start);
                throw CsvStart.TooLong(place, _options.MaxRecordBytes);
            }
        }
    }

    /// <summary>Takes first what was carried over, then reads, until <paramref name="size"/> bytes are there or the input ends.</summary>
    private async ValueTask<int> FillAsync(byte[] block, int length, int size, CancellationToken cancellationToken)
    {
        int carried = Math.Min(_carryEnd - _carryStart, size - length);
        _carry.AsSpan(_carryStart, carried).CopyTo(block.AsSpan(length));
        _carryStart += carried;
        length += carried;
        while (length < size && !_ended)
        {
            int read = await _bytes.ReadAsync(block.AsMemory(length, size - length), cancellationToken).ConfigureAwait(false);
            _ended = read == 0;
            length += read;
        }
        return length;
    }

    /// <summary>Carries the start of a record that the block cuts off over to the next; it goes before what is still unread of an earlier carry.</summary>
    private void Keep(ReadOnlySpan<byte> tail)
    {
        int unread = _carryEnd - _carryStart;
        if (_carryStart >= tail.Length)
        {
            _carryStart -= tail.Length;
        }
        else
        {
            var larger = new byte[tail.Length + unread + (unread / 2) + 4096];
            int start = larger.Length - unread - tail.Length;
            _carry.AsSpan(_carryStart, unread).CopyTo(larger.AsSpan(start + tail.Length));
            _carry = larger;
            _carryStart = start;
            _carryEnd = larger.Length;
        }
        tail.CopyTo(_carry.AsSpan(_carryStart));
    }
}
