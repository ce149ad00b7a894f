using StreamEtl.Errors;
using StreamEtl.Parquet.Reading;

namespace StreamEtl.Parquet.Metadata;

/// <summary>
/// Reads Thrift's compact protocol (thrift-compact-protocol.md of Apache Thrift) from untrusted bytes: every length is checked against what is left,
/// nesting is bounded, and a violation is a <see cref="ParquetFault"/>. Structs are read by a loop over <see cref="NextField"/>:
/// <code>
/// short id = 0;
/// while (reader.NextField(ref id, out ThriftType type)) { switch (id) { case 1 …: …; default: reader.Skip(type); } }
/// </code>
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 64;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _depth;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    private readonly int Left => _bytes.Length - Position;

    /// <summary>Moves to the next field of a struct; false at its end. <paramref name="id"/> starts at 0 and is the field's number afterwards.</summary>
    public bool NextField(ref short id, out ThriftType type)
    {
        byte head = ReadByte();
        type = (ThriftType)(head & 0x0F);
        if (type == ThriftType.Stop)
        {
            return false;
        }
        int delta = head >> 4;
        id = delta == 0 ? (short)ReadInt64() : (short)(id + delta);
        return true;
    }

    /// <summary>A boolean field's value stands in its type.</summary>
    public static bool ReadBoolean(ThriftType type) =>
        type switch
        {
            ThriftType.True => true,
            ThriftType.False => false,
            _ => throw Wrong(type, ThriftType.True),
        };

    /// <summary>An integer field of up to 32 bits.</summary>
    public int ReadInt32(ThriftType type)
    {
        long value = ReadInt64(type);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Damaged("an integer does not fit into 32 bits");
    }

    /// <summary>An integer field of any width.</summary>
    public long ReadInt64(ThriftType type) =>
        type switch
        {
            ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64 => ReadInt64(),
            ThriftType.Byte => (sbyte)ReadByte(),
            _ => throw Wrong(type, ThriftType.Int64),
        };

    /// <summary>A text field.</summary>
    public string ReadText(ThriftType type)
    {
        if (type != ThriftType.Binary)
        {
            throw Wrong(type, ThriftType.Binary);
        }
        ulong length = ReadVarint();
        if (length > (ulong)Left)
        {
            throw Damaged($"a text of {length} bytes is longer than the metadata");
        }
        ReadOnlySpan<byte> text = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return System.Text.Encoding.UTF8.GetString(text);
    }

    /// <summary>Enters a list field; returns its number of elements, each of which takes at least a byte.</summary>
    public int ReadList(ThriftType type, out ThriftType element)
    {
        if (type is not (ThriftType.List or ThriftType.Set))
        {
            throw Wrong(type, ThriftType.List);
        }
        byte head = ReadByte();
        element = (ThriftType)(head & 0x0F);
        ulong count = (ulong)(head >> 4);
        if (count == 15)
        {
            count = ReadVarint();
        }
        if (count > (ulong)Left)
        {
            throw Damaged($"a list of {count} elements is longer than the metadata");
        }
        return (int)count;
    }

    /// <summary>Enters a struct field; pair with <see cref="Leave"/>.</summary>
    public void Enter(ThriftType type)
    {
        if (type != ThriftType.Struct)
        {
            throw Wrong(type, ThriftType.Struct);
        }
        if (++_depth > MaxDepth)
        {
            throw Damaged("the metadata nests too deeply");
        }
    }

    /// <summary>Leaves a struct whose end has been read.</summary>
    public void Leave() => _depth--;

    /// <summary>Passes over a field's value.</summary>
    public void Skip(ThriftType type) => Skip(type, inContainer: false);

    private void Skip(ThriftType type, bool inContainer)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                Advance(inContainer ? 1 : 0);
                break;
            case ThriftType.Byte:
                Advance(1);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                ReadVarint();
                break;
            case ThriftType.Double:
                Advance(sizeof(double));
                break;
            case ThriftType.Uuid:
                Advance(16);
                break;
            case ThriftType.Binary:
                ulong length = ReadVarint();
                Advance(length <= (ulong)Left ? (int)length : throw Damaged("a value is longer than the metadata"));
                break;
            case ThriftType.List or ThriftType.Set:
                int count = ReadList(type, out ThriftType element);
                SkipAll(count, element, ThriftType.Stop);
                break;
            case ThriftType.Map:
                SkipMap();
                break;
            case ThriftType.Struct:
                Enter(type);
                short id = 0;
                while (NextField(ref id, out ThriftType field))
                {
                    Skip(field);
                }
                Leave();
                break;
            default:
                throw Damaged($"{(int)type} is not a type of the metadata's protocol");
        }
    }

    private void SkipMap()
    {
        ulong entries = ReadVarint();
        if (entries == 0)
        {
            return;
        }
        byte types = ReadByte();
        if (entries > (ulong)Left)
        {
            throw Damaged("a map is longer than the metadata");
        }
        SkipAll((int)entries, (ThriftType)(types >> 4), (ThriftType)(types & 0x0F));
    }

    private void SkipAll(int count, ThriftType first, ThriftType second)
    {
        if (++_depth > MaxDepth)
        {
            throw Damaged("the metadata nests too deeply");
        }
        for (int i = 0; i < count; i++)
        {
            Skip(first, inContainer: true);
            if (second != ThriftType.Stop)
            {
                Skip(second, inContainer: true);
            }
        }
        _depth--;
    }

    private byte ReadByte()
    {
        if (Left == 0)
        {
            throw Damaged("the metadata ends too early");
        }
        return _bytes[Position++];
    }

    private long ReadInt64()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = ReadByte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
        throw Damaged("an integer of the metadata has too many bytes");
    }

    private void Advance(int count)
    {
        if (count > Left)
        {
            throw Damaged("the metadata ends too early");
        }
        Position += count;
    }

    private static ParquetFault Wrong(ThriftType found, ThriftType wanted) =>
        Damaged($"the metadata holds {found} where {wanted} is expected");

    private static ParquetFault Damaged(string message) => new(ErrorKind.DamagedParquet, message);
}
