using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Reads the values of pages in any encoding, converted, without gaps for NULLs.</summary>
internal sealed class ValueReader(LeafType leaf, ByteStore store, Scratch scratch, BufferLease lease)
{
    private const int GatherLength = 1024;
    private ValueArray? _dictionary;
    private int _dictionaryCount;

    /// <summary>The values of a page of which few are picked.</summary>
    private ValueArray? _all;

    /// <summary>The bytes behind views.</summary>
    public ByteStore Store => store;

    /// <summary>True when values of a page stay where the page was decompressed, which must then be in <see cref="Store"/>.</summary>
    public bool ViewsInPlace(PageEncoding encoding) =>
        leaf.Type.IsVariable
        && leaf.Conversion is ValueConversion.None or ValueConversion.Text
        && encoding is PageEncoding.Plain or PageEncoding.DeltaLengthByteArray;

    /// <summary>Reads the dictionary of the column chunk.</summary>
    public void ReadDictionary(in PageData page, int count)
    {
        if (_dictionary is not null)
        {
            throw ParquetFault.Damaged("a column chunk has two dictionaries");
        }
        // Before memory is taken for it: 8 values to the byte is the most that PLAIN can hold.
        if (count > (long)(page.End - page.ValueStart) * 8)
        {
            throw ParquetFault.Damaged($"a dictionary of {count} values stands in {page.End - page.ValueStart} bytes");
        }
        _dictionary = new ValueArray(leaf.Type, count, lease);
        _dictionaryCount = count;
        Read(page, PageEncoding.Plain, 0, count, _dictionary, 0);
    }

    /// <summary>Reads <paramref name="count"/> values after <paramref name="skip"/> others into <paramref name="target"/> from <paramref name="at"/> on.</summary>
    public void Read(in PageData page, PageEncoding encoding, int skip, int count, ValueArray target, int at)
    {
        if (count == 0)
        {
            return;
        }
        if (encoding is PageEncoding.PlainDictionary or PageEncoding.RleDictionary)
        {
            ReadIndexed(page, skip, count, target, at);
        }
        else if (leaf.IsBytes)
        {
            ReadBytes(page, encoding, skip, count, target, at, moves: true);
        }
        else if (target.Wide is { } wide)
        {
            Span<long> longs = scratch.Longs(count).AsSpan(0, count);
            ReadNumbers(page, encoding, skip, longs);
            ValueConverter.Widen(leaf.Conversion, longs, wide.AsSpan(at, count));
        }
        else
        {
            Span<long> longs = target.Longs.AsSpan(at, count);
            ReadNumbers(page, encoding, skip, longs);
            ValueConverter.Numbers(leaf.Conversion, longs);
        }
    }

    /// <summary>
    /// Of <paramref name="count"/> values after <paramref name="skip"/> others, reads those at <paramref name="picks"/>, ascending, into <paramref name="target"/> from
    /// <paramref name="at"/> on. Indexes into a dictionary are taken one by one; where values stand in any other encoding, all are read.
    /// </summary>
    public void Pick(in PageData page, PageEncoding encoding, int skip, int count, ReadOnlySpan<int> picks, ValueArray target, int at)
    {
        if (picks.IsEmpty)
        {
            return;
        }
        if (encoding is not (PageEncoding.PlainDictionary or PageEncoding.RleDictionary))
        {
            _all ??= new ValueArray(leaf.Type, count, lease);
            _all.Grow(lease, 0, count);
            if (ViewsInPlace(encoding))
            {
                ReadBytes(page, encoding, skip, count, _all, 0, moves: false);
                Keep(page, _all.Views!, picks, target.Views.AsSpan(at));
            }
            else
            {
                Read(page, encoding, skip, count, _all, 0);
                target.Take(_all, picks, at);
            }
            return;
        }
        HybridReader reader = Indexes(page, skip);
        Span<int> index = stackalloc int[1];
        int next = 0;
        for (int i = 0; i < picks.Length; i++)
        {
            reader.Skip(picks[i] - next);
            reader.Read(index);
            if ((uint)index[0] >= (uint)_dictionaryCount)
            {
                throw OutOfDictionary(index[0], _dictionaryCount);
            }
            target.Take(_dictionary!, index, at + i);
            next = picks[i] + 1;
        }
    }

    /// <summary>Keeps the values at <paramref name="picks"/> in the store, where the page they are viewed in may stand as well: then they move to the front of it, and the rest is let go.</summary>
    private void Keep(in PageData page, TextView[] views, ReadOnlySpan<int> picks, Span<TextView> kept)
    {
        int to = page.ValueStart;
        if (!ReferenceEquals(page.Bytes, store.Bytes))
        {
            int length = 0;
            foreach (int pick in picks)
            {
                length += views[pick].Length;
            }
            to = store.Take(length);
        }
        for (int i = 0; i < picks.Length; i++)
        {
            TextView view = views[picks[i]];
            page.Bytes.AsSpan(view.Start, view.Length).CopyTo(store.Bytes.AsSpan(to));
            kept[i] = new TextView(to, view.Length);
            to += view.Length;
        }
        store.Cut(to);
    }

    private HybridReader Indexes(in PageData page, int skip)
    {
        if (_dictionary is null)
        {
            throw ParquetFault.Damaged("indexes into a dictionary stand in a column chunk without one");
        }
        if (page.ValueStart >= page.End)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        var reader = new HybridReader(page.Bytes, page.ValueStart + 1, page.End, page.Bytes[page.ValueStart]);
        reader.Skip(skip);
        return reader;
    }

    private void ReadIndexed(in PageData page, int skip, int count, ValueArray target, int at)
    {
        HybridReader reader = Indexes(page, skip);
        ValueArray dictionary = _dictionary!;
        if (target.Longs is { } longs)
        {
            Gather(ref reader, dictionary.Longs.AsSpan(0, _dictionaryCount), longs.AsSpan(at, count));
        }
        else if (target.Wide is { } wide)
        {
            Gather(ref reader, dictionary.Wide.AsSpan(0, _dictionaryCount), wide.AsSpan(at, count));
        }
        else
        {
            Gather(ref reader, dictionary.Views.AsSpan(0, _dictionaryCount), target.Views.AsSpan(at, count));
        }
    }

    private static void Gather<T>(ref HybridReader reader, ReadOnlySpan<T> dictionary, Span<T> target)
        where T : unmanaged
    {
        Span<int> indexes = stackalloc int[GatherLength];
        while (!target.IsEmpty)
        {
            int count = reader.Next(target.Length, out bool isRun, out int value);
            if (isRun)
            {
                if ((uint)value >= (uint)dictionary.Length)
                {
                    throw OutOfDictionary(value, dictionary.Length);
                }
                target[..count].Fill(dictionary[value]);
                reader.TakeRun(count);
            }
            else
            {
                count = Math.Min(count, GatherLength);
                reader.TakePacked(indexes[..count]);
                for (int i = 0; i < count; i++)
                {
                    int index = indexes[i];
                    if ((uint)index >= (uint)dictionary.Length)
                    {
                        throw OutOfDictionary(index, dictionary.Length);
                    }
                    target[i] = dictionary[index];
                }
            }
            target = target[count..];
        }
    }

    private void ReadNumbers(in PageData page, PageEncoding encoding, int skip, Span<long> values)
    {
        bool isBoolean = leaf.Physical == PhysicalType.Boolean;
        bool isInteger = leaf.Physical is PhysicalType.Int32 or PhysicalType.Int64;
        switch (encoding)
        {
            case PageEncoding.Plain when isBoolean:
                PlainValues.ReadBooleans(page.Bytes, page.ValueStart, page.End, skip, values);
                break;
            case PageEncoding.Plain:
                PlainValues.ReadNumbers(leaf.Physical, page.Bytes.AsSpan(page.ValueStart, page.End - page.ValueStart), skip, values);
                break;
            case PageEncoding.Rle when isBoolean:
                ReadRuns(page, skip, values);
                break;
            case PageEncoding.DeltaBinaryPacked when isInteger:
                ReadDeltas(page, skip, values);
                break;
            case PageEncoding.ByteStreamSplit when !isBoolean:
                ByteStreams.ReadNumbers(page.Bytes.AsSpan(page.ValueStart, page.End - page.ValueStart), leaf.PlainWidth, skip, values);
                break;
            default:
                throw WrongEncoding(encoding);
        }
    }

    private static void ReadRuns(in PageData page, int skip, Span<long> values)
    {
        if (page.End - page.ValueStart < sizeof(int))
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        var reader = new HybridReader(page.Bytes, page.ValueStart + sizeof(int), page.End, 1);
        reader.Skip(skip);
        Span<int> bits = stackalloc int[GatherLength];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, GatherLength);
            reader.Read(bits[..count]);
            for (int i = 0; i < count; i++)
            {
                values[i] = bits[i] & 1;
            }
            values = values[count..];
        }
    }

    private void ReadDeltas(in PageData page, int skip, Span<long> values)
    {
        var reader = new DeltaReader(page.Bytes, page.ValueStart, page.End);
        if ((long)skip + values.Length > reader.Count)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        if (skip == 0 && reader.Count == values.Length)
        {
            reader.Read(values);
        }
        else
        {
            Span<long> all = scratch.Longs(reader.Count).AsSpan(0, reader.Count);
            reader.Read(all);
            all.Slice(skip, values.Length).CopyTo(values);
        }
        if (leaf.Physical == PhysicalType.Int32)
        {
            foreach (ref long value in values)
            {
                value = (int)value;
            }
        }
    }

    /// <summary><paramref name="moves"/>: values that are viewed in a page move to the store unless it stands there.</summary>
    private void ReadBytes(in PageData page, PageEncoding encoding, int skip, int count, ValueArray target, int at, bool moves)
    {
        Span<TextView> views =
            leaf.Type.IsVariable && leaf.Conversion is ValueConversion.None or ValueConversion.Text
                ? target.Views.AsSpan(at, count)
                : scratch.Views(count).AsSpan(0, count);
        byte[] bytes = page.Bytes;
        int from = page.ValueStart;
        int to = page.End;
        bool isFixed = leaf.Length > 0;
        switch (encoding)
        {
            case PageEncoding.Plain when isFixed:
                PlainValues.ReadFixedViews(from, to, leaf.Length, skip, views);
                break;
            case PageEncoding.Plain:
                PlainValues.ReadViews(bytes, from, to, skip, views);
                break;
            case PageEncoding.DeltaLengthByteArray when !isFixed:
                DeltaBytes.ReadLengths(page, skip, views, scratch);
                (from, to) = (views[0].Start, views[^1].Start + views[^1].Length);
                break;
            case PageEncoding.DeltaByteArray when leaf.Physical != PhysicalType.Int96:
                from = store.Used;
                DeltaBytes.ReadPrefixed(page, skip, views, scratch, store);
                (bytes, to) = (store.Bytes, store.Used);
                break;
            case PageEncoding.ByteStreamSplit when leaf.Physical == PhysicalType.FixedLenByteArray:
                from = store.Take((long)count * leaf.Length);
                ByteStreams.Join(
                    page.Bytes.AsSpan(page.ValueStart, page.End - page.ValueStart),
                    leaf.Length,
                    skip,
                    count,
                    store.Bytes.AsSpan(from)
                );
                (bytes, to) = (store.Bytes, store.Used);
                PlainValues.ReadFixedViews(from, to, leaf.Length, 0, views);
                break;
            default:
                throw WrongEncoding(encoding);
        }
        if (moves && ViewsInPlace(encoding) && !ReferenceEquals(bytes, store.Bytes))
        {
            (from, to) = MoveToStore(bytes, views);
            bytes = store.Bytes;
        }
        Convert(bytes, from, to, views, target, at, encoding == PageEncoding.Plain && !isFixed);
    }

    /// <summary>Copies the values of a page that is shared with other units, which may be gone before this one.</summary>
    private (int From, int To) MoveToStore(byte[] bytes, Span<TextView> views)
    {
        int from = views[0].Start;
        int length = views[^1].Start + views[^1].Length - from;
        int start = store.Take(length);
        bytes.AsSpan(from, length).CopyTo(store.Bytes.AsSpan(start));
        foreach (ref TextView view in views)
        {
            view = new TextView(view.Start - from + start, view.Length);
        }
        return (start, start + length);
    }

    private void Convert(byte[] bytes, int from, int to, Span<TextView> views, ValueArray target, int at, bool hasLengths)
    {
        if (leaf.Length > 0)
        {
            CheckWidth(views);
        }
        switch (leaf.Conversion)
        {
            case ValueConversion.None:
                break;
            case ValueConversion.Text:
                ValueConverter.CheckText(bytes, bytes.AsSpan(from, to - from), views, hasLengths);
                break;
            case ValueConversion.Uuid or ValueConversion.Interval:
                // Growing the store would take the values away when they stand in it.
                bool inStore = ReferenceEquals(bytes, store.Bytes);
                store.Ensure((long)views.Length * ValueConverter.LongestText);
                ValueConverter.Text(leaf.Conversion, inStore ? store.Bytes : bytes, views, target.Views.AsSpan(at, views.Length), store);
                break;
            case ValueConversion.BytesToWide:
                ValueConverter.Bytes(bytes, views, target.Wide.AsSpan(at, views.Length));
                break;
            default:
                ValueConverter.Bytes(leaf, bytes, views, target.Longs.AsSpan(at, views.Length));
                break;
        }
    }

    private void CheckWidth(ReadOnlySpan<TextView> views)
    {
        foreach (TextView view in views)
        {
            if (view.Length != leaf.Length)
            {
                throw ParquetFault.Damaged($"a value of {view.Length} bytes stands in a column of {leaf.Length}");
            }
        }
    }

    private ParquetFault WrongEncoding(PageEncoding encoding) =>
        encoding is >= PageEncoding.Plain and <= PageEncoding.ByteStreamSplit
            ? ParquetFault.Damaged($"{leaf.Physical} values have the encoding {encoding}")
            : ParquetFault.Unsupported($"values have the unknown encoding {(int)encoding}");

    private static ParquetFault OutOfDictionary(int index, int count) =>
        ParquetFault.Damaged($"a page refers to entry {(uint)index} of a dictionary of {count}");
}
