using System.Numerics;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Reads the RLE / bit-packing hybrid of levels and dictionary indexes (Encodings.md of apache/parquet-format): runs of one value, and groups of eight packed
/// values. What the data does not hold is a <see cref="ParquetFault"/>.
/// </summary>
internal struct HybridReader
{
    private const int MaxWidth = 32;
    private readonly byte[] _data;
    private readonly int _end;
    private readonly int _width;
    private int _position;
    private long _left;
    private bool _isRun;
    private int _value;
    private int _packed;
    private int _used;

    /// <summary>Reads values of <paramref name="width"/> bits from <paramref name="start"/> to <paramref name="end"/> of an array with slack.</summary>
    public HybridReader(byte[] data, int start, int end, int width)
    {
        if (width > MaxWidth)
        {
            throw ParquetFault.Damaged($"values of {width} bits are wider than {MaxWidth}");
        }
        _data = data;
        _position = start;
        _end = end;
        _width = width;
    }

    /// <summary>Makes a run of the next values current and returns how many of <paramref name="wanted"/> it holds (at least 1); <paramref name="isRun"/> says that they are all <paramref name="value"/>.</summary>
    public int Next(int wanted, out bool isRun, out int value)
    {
        if (_left == 0)
        {
            ReadHeader();
        }
        isRun = _isRun;
        value = _value;
        return (int)Math.Min(wanted, _left);
    }

    /// <summary>Takes <paramref name="count"/> values of a run that <see cref="Next"/> announced.</summary>
    public void TakeRun(int count) => _left -= count;

    /// <summary>Takes packed values that <see cref="Next"/> announced.</summary>
    public void TakePacked(Span<int> values)
    {
        int head = 0;
        // A group starts at a byte every 8 values; up to it values are taken one by one through a small buffer.
        if ((_used & 7) != 0)
        {
            Span<int> group = stackalloc int[8];
            int first = _used & 7;
            head = Math.Min(8 - first, values.Length);
            CheckPacked(_used + head);
            BitUnpacker.Unpack(_data, ByteOf(_used - first), _width, group[..(first + head)]);
            group.Slice(first, head).CopyTo(values);
            _used += head;
        }
        if (head < values.Length)
        {
            CheckPacked(_used + values.Length - head);
            BitUnpacker.Unpack(_data, ByteOf(_used), _width, values[head..]);
            _used += values.Length - head;
        }
        _left -= values.Length;
    }

    /// <summary>Reads values one after the other.</summary>
    public void Read(Span<int> values)
    {
        while (!values.IsEmpty)
        {
            int count = Next(values.Length, out bool isRun, out int value);
            if (isRun)
            {
                values[..count].Fill(value);
                TakeRun(count);
            }
            else
            {
                TakePacked(values[..count]);
            }
            values = values[count..];
        }
    }

    /// <summary>Passes over values.</summary>
    public void Skip(int count)
    {
        while (count > 0)
        {
            int step = Next(count, out bool isRun, out _);
            if (!isRun)
            {
                _used += step;
            }
            _left -= step;
            count -= step;
        }
    }

    /// <summary>Reads 1-bit levels and returns how many are 1; where one is 0 the bit of <paramref name="nulls"/> is set, from bit <paramref name="row"/> on. A null array only counts.</summary>
    public int ReadPresence(ulong[]? nulls, int row, int count)
    {
        int present = 0;
        while (count > 0)
        {
            int step = Next(count, out bool isRun, out int value);
            if (isRun)
            {
                if (value is not (0 or 1))
                {
                    throw ParquetFault.Damaged("a level is higher than the schema allows");
                }
                if (value == 0 && nulls is not null)
                {
                    BitRange.Set(nulls, row, step);
                }
                present += value * step;
            }
            else
            {
                step = Math.Min(step, 32);
                CheckPacked(_used + step);
                uint bits = PackedBits(step);
                present += BitOperations.PopCount(bits);
                if (nulls is not null)
                {
                    BitRange.Or(nulls, row, ~bits & (uint)((1UL << step) - 1));
                }
                _used += step;
            }
            _left -= step;
            row += step;
            count -= step;
        }
        return present;
    }

    private readonly uint PackedBits(int count)
    {
        ulong window = BitConverter.ToUInt64(_data, _packed + (_used >> 3)) >> (_used & 7);
        return (uint)(window & ((1UL << count) - 1));
    }

    private readonly int ByteOf(int value) => _packed + (int)((long)value * _width >> 3);

    private readonly void CheckPacked(int values)
    {
        if (_packed + BitUnpacker.ByteCount(values, _width) > _end)
        {
            throw ParquetFault.Damaged("packed values end before all are read");
        }
    }

    private void ReadHeader()
    {
        _used = 0;
        ulong header = ReadVarint();
        _isRun = (header & 1) == 0;
        _left = (long)(header >> 1);
        if (_isRun)
        {
            int bytes = (_width + 7) >> 3;
            if (bytes > _end - _position)
            {
                throw ParquetFault.Damaged("a run ends before its value");
            }
            _value = 0;
            for (int i = 0; i < bytes; i++)
            {
                _value |= _data[_position++] << (8 * i);
            }
        }
        else
        {
            // The last group may be cut off by the writer; only values that are read need their bytes.
            _packed = _position;
            long bytes = Math.Min(_left * _width, _end - _position);
            _left = Math.Min(_left * 8, int.MaxValue);
            _position += (int)bytes;
        }
        if (_left <= 0)
        {
            throw ParquetFault.Damaged("a run of values is empty");
        }
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (_position >= _end)
            {
                break;
            }
            byte b = _data[_position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
        throw ParquetFault.Damaged("encoded values end before all are read");
    }
}
