using System.Buffers;
using System.Text.Json;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>Rows as JSON objects: numbers as numbers (decimals exactly), dates and timestamps as ISO 8601 strings, NULL and what JSON has no number for as null.</summary>
internal sealed class JsonRows
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (byte)i),
        (byte)'"',
        (byte)'\\',
        0x7F,
    ]);

    private readonly byte[][] _names;

    public JsonRows(IReadOnlyList<Field> fields)
    {
        _names = [.. fields.Select((f, i) => Name(f.Name, i))];
    }

    /// <summary>Appends one object: a row of the columns.</summary>
    public void Add(IReadOnlyList<Column?> columns, int row, ByteBuffer text, long[] nullCounts)
    {
        text.Add((byte)'{');
        for (int c = 0; c < _names.Length; c++)
        {
            text.Add(_names[c]);
            Column column = columns[c]!;
            if (column.IsNull(row))
            {
                nullCounts[c]++;
                text.Add("null"u8);
            }
            else
            {
                AddValue(column, row, text);
            }
        }
        text.Add((byte)'}');
    }

    private static byte[] Name(string name, int index)
    {
        byte[] encoded = JsonEncodedText
            .Encode(name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
            .EncodedUtf8Bytes.ToArray();
        return [.. index == 0 ? ""u8 : ","u8, (byte)'"', .. encoded, (byte)'"', (byte)':'];
    }

    private static void AddValue(Column column, int row, ByteBuffer text)
    {
        switch (column.Type.Kind)
        {
            case ColumnKind.Text:
                AddText(column.Text(row), text);
                break;
            case ColumnKind.Binary:
                text.Add((byte)'"');
                HexText.Write(column.Text(row), text);
                text.Add((byte)'"');
                break;
            case ColumnKind.Float when !double.IsFinite(BitConverter.Int64BitsToDouble(column.Longs![row])):
                text.Add("null"u8);
                break;
            case ColumnKind.Boolean or ColumnKind.Integer or ColumnKind.Decimal or ColumnKind.Float:
                text.Advance(ValueText.Format(column, row, text.Free(ValueText.MaxFixedLength)));
                break;
            default:
                text.Add((byte)'"');
                text.Advance(ValueText.Format(column, row, text.Free(ValueText.MaxFixedLength)));
                text.Add((byte)'"');
                break;
        }
    }

    private static void AddText(ReadOnlySpan<byte> value, ByteBuffer text)
    {
        text.Add((byte)'"');
        int special = value.IndexOfAny(Escaped);
        while (special >= 0)
        {
            text.Add(value[..special]);
            AddEscaped(value[special], text);
            value = value[(special + 1)..];
            special = value.IndexOfAny(Escaped);
        }
        text.Add(value);
        text.Add((byte)'"');
    }

    private static void AddEscaped(byte value, ByteBuffer text)
    {
        switch (value)
        {
            case (byte)'"':
                text.Add("\\\""u8);
                break;
            case (byte)'\\':
                text.Add("\\\\"u8);
                break;
            case (byte)'\n':
                text.Add("\\n"u8);
                break;
            case (byte)'\r':
                text.Add("\\r"u8);
                break;
            case (byte)'\t':
                text.Add("\\t"u8);
                break;
            default:
                text.Add("\\u00"u8);
                HexText.Write([value], text);
                break;
        }
    }
}
