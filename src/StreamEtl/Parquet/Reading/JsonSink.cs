using System.Text.Unicode;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Writes nested values as JSON text (RFC 8259) without spaces: structs as objects, maps as objects too (keys as text) or, when keys are
/// themselves nested, as lists of objects with <c>key</c> and <c>value</c>; numbers and decimals as they are, NaN and infinities and
/// everything that JSON has no form for as text, binary as Base64. One value after the other into one store.
/// </summary>
internal sealed class JsonSink(ByteStore store) : INestedSink
{
    private const int MaxFixedText = 64;
    private readonly Stack<bool> _hasPlainKeys = new();
    private int _depth;
    private bool _hasItem;
    private bool _isKey;
    private bool _isNamed;

    /// <inheritdoc/>
    public void Null()
    {
        Separate();
        Write(_isKey ? "\"\""u8 : "null"u8);
        _isKey = false;
    }

    /// <inheritdoc/>
    public void Value(SchemaNode leaf, Column values, int index)
    {
        Separate();
        ColumnKind kind = values.Type.Kind;
        if (kind == ColumnKind.Text)
        {
            WriteText(values.Text(index));
        }
        else if (kind == ColumnKind.Binary)
        {
            WriteBase64(values.Text(index));
        }
        else
        {
            bool isBare =
                kind is ColumnKind.Boolean or ColumnKind.Integer or ColumnKind.Decimal
                || (kind == ColumnKind.Float && double.IsFinite(BitConverter.Int64BitsToDouble(values.Longs![index])));
            bool quote = _isKey || !isBare;
            store.Ensure(MaxFixedText + 2);
            int start = store.Take(0);
            Span<byte> room = store.Bytes.AsSpan(start, MaxFixedText + 2);
            int length = ValueText.Format(values, index, room[(quote ? 1 : 0)..]);
            if (quote)
            {
                room[0] = (byte)'"';
                room[length + 1] = (byte)'"';
                length += 2;
            }
            store.Take(length);
        }
        _isKey = false;
    }

    /// <inheritdoc/>
    public void BeginList() => Begin("["u8);

    /// <inheritdoc/>
    public void EndList() => End("]"u8);

    /// <inheritdoc/>
    public void BeginStruct() => Begin("{"u8);

    /// <inheritdoc/>
    public void Field(string name)
    {
        Separate();
        WriteText(System.Text.Encoding.UTF8.GetBytes(name));
        Write(":"u8);
        _isNamed = true;
    }

    /// <inheritdoc/>
    public void EndStruct() => End("}"u8);

    /// <inheritdoc/>
    public void BeginMap(bool hasPlainKeys)
    {
        Begin(hasPlainKeys ? "{"u8 : "["u8);
        _hasPlainKeys.Push(hasPlainKeys);
    }

    /// <inheritdoc/>
    public void MapKey()
    {
        if (_hasPlainKeys.Peek())
        {
            _isKey = true;
            return;
        }
        BeginStruct();
        Field("key");
    }

    /// <inheritdoc/>
    public void MapValue()
    {
        if (_hasPlainKeys.Peek())
        {
            Write(":"u8);
            _isNamed = true;
            return;
        }
        Field("value");
    }

    /// <inheritdoc/>
    public void EndEntry()
    {
        if (!_hasPlainKeys.Peek())
        {
            EndStruct();
        }
    }

    /// <inheritdoc/>
    public void EndMap() => End(_hasPlainKeys.Pop() ? "}"u8 : "]"u8);

    private void Begin(ReadOnlySpan<byte> bracket)
    {
        Separate();
        Write(bracket);
        _depth++;
        _hasItem = false;
    }

    private void End(ReadOnlySpan<byte> bracket)
    {
        Write(bracket);
        // What has ended is itself an item of what surrounds it.
        _hasItem = --_depth > 0;
    }

    /// <summary>Writes the comma before every item but the first; a named value follows its name instead.</summary>
    private void Separate()
    {
        if (_isNamed)
        {
            _isNamed = false;
        }
        else if (_hasItem)
        {
            Write(","u8);
        }
        _hasItem = _depth > 0;
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        const int LongestEscape = 6;
        store.Ensure(((long)text.Length * LongestEscape) + 2);
        int start = store.Take(0);
        Span<byte> room = store.Bytes.AsSpan(start);
        int length = 0;
        room[length++] = (byte)'"';
        foreach (byte b in text)
        {
            if (b >= 0x20 && b != '"' && b != '\\')
            {
                room[length++] = b;
                continue;
            }
            room[length++] = (byte)'\\';
            byte letter = b switch
            {
                (byte)'"' or (byte)'\\' => b,
                (byte)'\n' => (byte)'n',
                (byte)'\r' => (byte)'r',
                (byte)'\t' => (byte)'t',
                _ => 0,
            };
            if (letter != 0)
            {
                room[length++] = letter;
                continue;
            }
            Utf8.TryWrite(room[length..], $"u{b:x4}", out int written);
            length += written;
        }
        room[length++] = (byte)'"';
        store.Take(length);
    }

    private void WriteBase64(ReadOnlySpan<byte> bytes)
    {
        int length = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length);
        store.Ensure(length + 2L);
        int start = store.Take(length + 2);
        Span<byte> room = store.Bytes.AsSpan(start, length + 2);
        room[0] = (byte)'"';
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, room[1..], out _, out _);
        room[^1] = (byte)'"';
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        int start = store.Take(text.Length);
        text.CopyTo(store.Bytes.AsSpan(start));
    }
}
