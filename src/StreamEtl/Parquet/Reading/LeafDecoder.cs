using System.Numerics;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>Decodes the pages of one leaf for one unit: a column of rows (<see cref="DecodeFlat"/>), or levels and the values that are there (<see cref="DecodeNested"/>).</summary>
internal sealed class LeafDecoder(SchemaNode leaf, ChunkInfo chunk, LeafSlice slice, BufferLease lease, Scratch scratch)
{
    /// <summary>Nested values, NULLs included, that a unit may have; units are planned far smaller.</summary>
    private const int MaxNestedValues = 16 << 20;

    /// <summary>A chunk whose pages seem to grow by more than this when they are decompressed is not believed before they have.</summary>
    private const int CommonRatio = 4;

    private readonly PageWalker _walker = new(slice, chunk);
    private readonly ValueReader _values = new(leaf.Leaf!, new ByteStore(lease), scratch, lease);

    /// <summary>File offset of the page in hand, for messages.</summary>
    public long FileOffset => _walker.FileOffset;

    /// <summary>Decodes <paramref name="rows"/> rows of a leaf that stands directly in the row.</summary>
    public Column DecodeFlat(int rows)
    {
        ColumnType type = leaf.Leaf!.Type;
        var target = new ValueArray(type, rows, lease);
        ulong[]? nulls = null;
        if (leaf.IsOptional)
        {
            nulls = lease.Rent<ulong>((rows + 63) >> 6);
            Array.Clear(nulls);
        }
        if (type.IsVariable && slice.WholeChunk)
        {
            _values.Store.Ensure(Math.Clamp(chunk.UncompressedBytes, 0, (long)CommonRatio * slice.Length));
        }
        int skip = slice.SkipRows;
        int row = 0;
        int nullCount = 0;
        while (row < rows)
        {
            int take = NextRows(row, rows, ref skip, out int passed);
            PageHeader header = _walker.Header;
            PageData page = Open(header);
            (int before, int present) = nulls is null ? (passed, take) : ReadPresence(page, header, passed, take, nulls, row);
            _values.Read(page, header.Encoding, before, present, target, row);
            if (present < take)
            {
                target.Spread(nulls!, row, take, present);
            }
            nullCount += take - present;
            row += take;
        }
        return ToColumn(target, rows, nulls, nullCount);
    }

    /// <summary>
    /// As <see cref="DecodeFlat"/>, but the column holds only the rows <paramref name="wanted"/> of those, ascending. Pages that none of them lies in stay compressed, and of values that can be found
    /// one by one only theirs are read.
    /// </summary>
    public Column DecodeFew(int rows, ReadOnlySpan<int> wanted)
    {
        ColumnType type = leaf.Leaf!.Type;
        var target = new ValueArray(type, wanted.Length, lease);
        ulong[] nulls = lease.Rent<ulong>((wanted.Length + 63) >> 6);
        Array.Clear(nulls);
        int[] picks = lease.Rent<int>(wanted.Length);
        int skip = slice.SkipRows;
        int row = 0;
        int done = 0;
        int nullCount = 0;
        while (done < wanted.Length)
        {
            int take = NextRows(row, rows, ref skip, out int passed);
            int count = wanted[done..].IndexOfAnyInRange(row + take, int.MaxValue);
            count = count < 0 ? wanted.Length - done : count;
            if (count > 0)
            {
                PageHeader header = _walker.Header;
                PageData page = Open(header);
                ulong[]? absent = leaf.IsOptional ? scratch.Bits(take) : null;
                (int before, int present) = absent is null ? (passed, take) : ReadPresence(page, header, passed, take, absent, 0);
                int there = Present(wanted.Slice(done, count), row, absent, picks, nulls, done);
                _values.Pick(page, header.Encoding, before, present, picks.AsSpan(0, there), target, done);
                target.Spread(nulls, done, count, there);
                nullCount += count - there;
                done += count;
            }
            row += take;
        }
        lease.Release(picks);
        return ToColumn(target, wanted.Length, nulls, nullCount);
    }

    /// <summary>Where among a page's values those of the rows wanted stand, for those that are not NULL; returns how many. The bits of the others are set in <paramref name="nulls"/>, from <paramref name="at"/> on.</summary>
    private static int Present(ReadOnlySpan<int> wanted, int firstRow, ulong[]? absent, int[] picks, ulong[] nulls, int at)
    {
        int there = 0;
        int word = 0;
        int before = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            int row = wanted[i] - firstRow;
            if (absent is null)
            {
                picks[there++] = row;
                continue;
            }
            for (; word < row >> 6; word++)
            {
                before += BitOperations.PopCount(absent[word]);
            }
            if ((absent[word] >> row & 1) != 0)
            {
                nulls[(at + i) >> 6] |= 1UL << (at + i);
            }
            else
            {
                picks[there++] = row - before - BitOperations.PopCount(absent[word] & ((1UL << row) - 1));
            }
        }
        return there;
    }

    /// <summary>
    /// Moves to the next page that has rows of the unit, of which those before <paramref name="row"/> are done; returns how many it has, behind <paramref name="passed"/> of the unit before.
    /// </summary>
    private int NextRows(int row, int rows, ref int skip, out int passed)
    {
        while (true)
        {
            ReadDataPage(row, rows);
            int values = _walker.Header.ValueCount;
            passed = Math.Min(skip, values);
            skip -= passed;
            int take = values - passed;
            if (take > rows - row)
            {
                return !slice.WholeChunk
                    ? rows - row
                    : throw ParquetFault.Damaged("a column chunk holds more values than its row group has rows");
            }
            if (take > 0)
            {
                return take;
            }
        }
    }

    /// <summary>Decodes all pages, those of <paramref name="rows"/> rows at least: both levels of every value, and the values that are there, without gaps.</summary>
    public NestedLeaf DecodeNested(int rows)
    {
        int total = CountValues(rows);
        byte[] repetition = lease.Rent<byte>(total);
        byte[] definition = lease.Rent<byte>(total);
        var target = new ValueArray(leaf.Leaf!.Type, 0, lease);
        int read = 0;
        int values = 0;
        while (read < total)
        {
            ReadDataPage(read, total);
            PageHeader header = _walker.Header;
            PageData page = Open(header);
            int count = header.ValueCount;
            LevelReader.Read(
                page.Bytes,
                page.RepetitionStart,
                page.DefinitionStart,
                header.RepetitionEncoding,
                leaf.MaxRepetition,
                repetition.AsSpan(read, count)
            );
            Span<byte> levels = definition.AsSpan(read, count);
            LevelReader.Read(page.Bytes, page.DefinitionLevels, page.ValueStart, header.DefinitionEncoding, leaf.MaxDefinition, levels);
            int present = levels.Count((byte)leaf.MaxDefinition);
            target.Grow(lease, values, values + present);
            _values.Read(page, header.Encoding, 0, present, target, values);
            values += present;
            read += count;
        }
        return new NestedLeaf(leaf, repetition, definition, total, ToColumn(target, values, nulls: null, nullCount: 0));
    }

    private Column ToColumn(ValueArray values, int count, ulong[]? nulls, int nullCount) =>
        new()
        {
            Type = leaf.Leaf!.Type,
            Count = count,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Longs = values.Longs,
            Wide = values.Wide,
            Views = values.Views,
            Bytes = leaf.Leaf.Type.IsVariable ? _values.Store.Bytes : null,
        };

    private int CountValues(int rows)
    {
        var walker = new PageWalker(slice, chunk);
        long total = 0;
        // A leaf of structs alone has a value for each row, whatever the metadata says.
        long expected = leaf.MaxRepetition == 0 ? rows : chunk.ValueCount;
        while ((!slice.WholeChunk || total < expected) && walker.NextUnchecked())
        {
            if (walker.Header.Type is PageType.Data or PageType.DataV2)
            {
                total += walker.Header.ValueCount;
            }
        }
        if (slice.WholeChunk && total != expected)
        {
            throw ParquetFault.Damaged($"a column chunk holds {total} values where {expected} are expected");
        }
        return total <= MaxNestedValues ? (int)total : throw ParquetFault.Unsupported($"{total} nested values in a few rows");
    }

    /// <summary>Moves to the next data page, reading the dictionary on the way.</summary>
    private void ReadDataPage(int done, int wanted)
    {
        while (_walker.Next())
        {
            switch (_walker.Header.Type)
            {
                case PageType.Data or PageType.DataV2:
                    return;
                case PageType.Dictionary:
                    ReadDictionary(_walker.Header);
                    break;
                default:
                    break;
            }
        }
        throw ParquetFault.Damaged($"the pages of the column end after {done} of {wanted} values");
    }

    private void ReadDictionary(PageHeader header)
    {
        if (header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary or PageEncoding.RleDictionary))
        {
            throw ParquetFault.Damaged($"a dictionary page has the encoding {header.Encoding}");
        }
        byte[] bytes = Buffer(header, PageEncoding.Plain, out int start);
        int end = start + header.UncompressedBytes;
        PagePayload.Decompress(header, chunk.Codec, _walker.Payload, bytes.AsSpan(start, header.UncompressedBytes));
        _values.ReadDictionary(new PageData(bytes, start, start, start, start, end), header.ValueCount);
    }

    /// <summary>Decompresses the page in hand, unless another unit has, and finds its parts.</summary>
    private PageData Open(PageHeader header)
    {
        if (_walker.Page is { IsShared: true } shared)
        {
            return PageData.Split(shared.Plain(chunk), 0, header, leaf);
        }
        byte[] bytes = Buffer(header, header.Encoding, out int start);
        PagePayload.Decompress(header, chunk.Codec, _walker.Payload, bytes.AsSpan(start, header.UncompressedBytes));
        return PageData.Split(bytes, start, header, leaf);
    }

    /// <summary>Room for a page: in the column's own bytes where its values are viewed in place, else for a while.</summary>
    private byte[] Buffer(PageHeader header, PageEncoding encoding, out int start)
    {
        PagePayload.CheckRatio(chunk.Codec, header.CompressedBytes, header.UncompressedBytes);
        if (_values.ViewsInPlace(encoding))
        {
            start = _values.Store.Take(header.UncompressedBytes);
            return _values.Store.Bytes;
        }
        start = 0;
        return scratch.Page(header.UncompressedBytes);
    }

    private (int Before, int Present) ReadPresence(in PageData page, PageHeader header, int passed, int take, ulong[] nulls, int row)
    {
        if (header.Type == PageType.Data && header.DefinitionEncoding == PageEncoding.BitPacked)
        {
            byte[] levels = lease.Rent<byte>(passed + take);
            LevelReader.Read(
                page.Bytes,
                page.DefinitionLevels,
                page.ValueStart,
                PageEncoding.BitPacked,
                1,
                levels.AsSpan(0, passed + take)
            );
            for (int i = 0; i < take; i++)
            {
                nulls[(row + i) >> 6] |= (ulong)(levels[passed + i] ^ 1) << (row + i);
            }
            (int, int) counts = (levels.AsSpan(0, passed).Count((byte)1), levels.AsSpan(passed, take).Count((byte)1));
            lease.Release(levels);
            return counts;
        }
        var reader = new HybridReader(page.Bytes, page.DefinitionLevels, page.ValueStart, 1);
        int before = reader.ReadPresence(null, 0, passed);
        return (before, reader.ReadPresence(nulls, row, take));
    }
}
