namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Reads DELTA_BINARY_PACKED (Encodings.md of apache/parquet-format): a first value, then blocks of differences, each block with its smallest difference and
/// a bit width for each of its parts. Arithmetic wraps around.
/// </summary>
internal ref struct DeltaReader
{
    private const int MaxBlock = 1 << 16;
    private const int MaxCount = 1 << 24;
    private readonly byte[] _data;
    private readonly int _end;
    private readonly int _blockSize;
    private readonly int _partSize;
    private readonly int _parts;
    private int _position;

    /// <summary>Reads the header at <paramref name="start"/>.</summary>
    public DeltaReader(byte[] data, int start, int end)
    {
        _data = data;
        _position = start;
        _end = end;
        ulong block = ReadVarint();
        ulong parts = ReadVarint();
        ulong count = ReadVarint();
        First = ReadZigzag();
        if (block is 0 or > MaxBlock || parts == 0 || parts > block || block % parts != 0 || block / parts % 8 != 0)
        {
            throw ParquetFault.Damaged("delta-encoded values are cut into blocks of impossible size");
        }
        // Each block of values has at least its smallest difference and a width for each part, though its values may have no bits.
        ulong most = ((ulong)(end - _position) / (1 + parts) * block) + 1;
        if (count > most || count > MaxCount)
        {
            throw ParquetFault.Damaged($"{count} delta-encoded values stand in {end - start} bytes");
        }
        Count = (int)count;
        _blockSize = (int)block;
        _parts = (int)parts;
        _partSize = _blockSize / _parts;
    }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>Where the encoded values end, once all are read.</summary>
    public readonly int Position => _position;

    private long First { get; }

    /// <summary>Reads all values; <paramref name="values"/> has at least <see cref="Count"/> elements.</summary>
    public void Read(Span<long> values)
    {
        if (Count == 0)
        {
            return;
        }
        long value = First;
        values[0] = value;
        int done = 1;
        while (done < Count)
        {
            long smallest = ReadZigzag();
            int widths = _position;
            Advance(_parts);
            for (int part = 0; part < _parts && done < Count; part++)
            {
                int width = _data[widths + part];
                if (width > 64)
                {
                    throw ParquetFault.Damaged($"delta-encoded values of {width} bits");
                }
                int count = Math.Min(_partSize, Count - done);
                Span<long> deltas = values.Slice(done, count);
                if (width == 0)
                {
                    foreach (ref long slot in deltas)
                    {
                        value += smallest;
                        slot = value;
                    }
                }
                else
                {
                    // The padding of the last part may be missing.
                    long bytes = BitUnpacker.ByteCount(count, width);
                    if (bytes > _end - _position)
                    {
                        throw ParquetFault.Damaged("delta-encoded values end before all are read");
                    }
                    BitUnpacker.Unpack(_data, _position, width, deltas);
                    _position += (int)Math.Min(BitUnpacker.ByteCount(_partSize, width), _end - _position);
                    foreach (ref long slot in deltas)
                    {
                        value += smallest + slot;
                        slot = value;
                    }
                }
                done += count;
            }
        }
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
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
        throw ParquetFault.Damaged("delta-encoded values end before all are read");
    }

    private long ReadZigzag()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private void Advance(int count)
    {
        if (count > _end - _position)
        {
            throw ParquetFault.Damaged("delta-encoded values end before all are read");
        }
        _position += count;
    }
}
