using System.Buffers;

namespace StreamEtl.Parquet.Writing;

/// <summary>Thrift's compact protocol (apache/thrift, doc/specs/thrift-compact-protocol.md), as far as Parquet's footer needs it.</summary>
internal sealed class ThriftWriter
{
    private const byte True = 1;
    private const byte False = 2;
    private const byte I32 = 5;
    private const byte I64 = 6;
    private const byte Binary = 8;
    private const byte List = 9;
    private const byte Struct = 12;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Stack<int> _outer = new();
    private int _last;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>A field of 32 bits.</summary>
    public void Int(int id, int value)
    {
        Field(id, I32);
        ZigZag(value);
    }

    /// <summary>A field of 64 bits.</summary>
    public void Long(int id, long value)
    {
        Field(id, I64);
        ZigZag(value);
    }

    /// <summary>A boolean field.</summary>
    public void Bool(int id, bool value) => Field(id, value ? True : False);

    /// <summary>A binary field.</summary>
    public void Bytes(int id, ReadOnlySpan<byte> value)
    {
        Field(id, Binary);
        Raw(value);
    }

    /// <summary>A text field.</summary>
    public void Text(int id, string value) => Bytes(id, System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>A struct field; ends with <see cref="End"/>.</summary>
    public void Begin(int id)
    {
        Field(id, Struct);
        Begin();
    }

    /// <summary>A struct as a list's element; ends with <see cref="End"/>.</summary>
    public void Begin()
    {
        _outer.Push(_last);
        _last = 0;
    }

    /// <summary>Ends a struct.</summary>
    public void End()
    {
        Byte(0);
        _last = _outer.Count > 0 ? _outer.Pop() : 0;
    }

    /// <summary>A list field of structs; each element is <see cref="Begin()"/> … <see cref="End"/>.</summary>
    public void Structs(int id, int count) => ListHeader(id, count, Struct);

    /// <summary>A list field of 32-bit numbers.</summary>
    public void Ints(int id, ReadOnlySpan<int> values)
    {
        ListHeader(id, values.Length, I32);
        foreach (int value in values)
        {
            ZigZag(value);
        }
    }

    /// <summary>A list field of 64-bit numbers.</summary>
    public void Longs(int id, ReadOnlySpan<long> values)
    {
        ListHeader(id, values.Length, I64);
        foreach (long value in values)
        {
            ZigZag(value);
        }
    }

    /// <summary>A list field of booleans.</summary>
    public void Bools(int id, ReadOnlySpan<bool> values)
    {
        ListHeader(id, values.Length, True);
        foreach (bool value in values)
        {
            Byte(value ? True : False);
        }
    }

    /// <summary>A list field of binaries.</summary>
    public void Binaries(int id, ReadOnlySpan<byte[]> values)
    {
        ListHeader(id, values.Length, Binary);
        foreach (byte[] value in values)
        {
            Raw(value);
        }
    }

    /// <summary>A list field of texts.</summary>
    public void Texts(int id, ReadOnlySpan<string> values)
    {
        ListHeader(id, values.Length, Binary);
        foreach (string value in values)
        {
            Raw(System.Text.Encoding.UTF8.GetBytes(value));
        }
    }

    private void ListHeader(int id, int count, byte type)
    {
        Field(id, List);
        if (count < 15)
        {
            Byte((byte)(count << 4 | type));
        }
        else
        {
            Byte((byte)(0xF0 | type));
            VarInt((ulong)count);
        }
    }

    private void Field(int id, byte type)
    {
        int delta = id - _last;
        if (delta is > 0 and < 16)
        {
            Byte((byte)(delta << 4 | type));
        }
        else
        {
            Byte(type);
            ZigZag(id);
        }
        _last = id;
    }

    private void Raw(ReadOnlySpan<byte> value)
    {
        VarInt((ulong)value.Length);
        _bytes.Write(value);
    }

    private void ZigZag(long value) => VarInt((ulong)(value << 1 ^ value >> 63));

    private void VarInt(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
