using System.Buffers;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>
/// CSV and TSV: a header, RFC 4180 quotes where a value needs them, LF. NULL is an empty field; the empty string is <c>""</c>, so that it can be told apart.
/// </summary>
public sealed class DelimitedEncoder(IReadOnlyList<Field> fields, char delimiter, BufferPool pool) : RowTextEncoder(fields, pool)
{
    private readonly SearchValues<byte> _special = SearchValues.Create([(byte)delimiter, (byte)'"', (byte)'\n', (byte)'\r']);

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Prologue
    {
        get
        {
            var bytes = new ArrayBufferWriter<byte>();
            for (int i = 0; i < Fields.Count; i++)
            {
                if (i > 0)
                {
                    bytes.Write([(byte)delimiter]);
                }
                byte[] name = System.Text.Encoding.UTF8.GetBytes(Fields[i].Name);
                bytes.Advance(AddText(name, bytes.GetSpan((name.Length * 2) + 2)));
            }
            bytes.Write("\n"u8);
            return bytes.WrittenMemory;
        }
    }

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Epilogue => default;

    private protected override void AddRow(RowBatch batch, int row, ByteBuffer text, long[] nullCounts)
    {
        Column?[] columns = batch.Columns;
        for (int c = 0; c < columns.Length; c++)
        {
            if (c > 0)
            {
                text.Add((byte)delimiter);
            }
            Column column = columns[c]!;
            if (column.IsNull(row))
            {
                nullCounts[c]++;
            }
            else if (column.Type.Kind == ColumnKind.Text)
            {
                ReadOnlySpan<byte> value = column.Text(row);
                text.Advance(AddText(value, text.Free((value.Length * 2) + 2)));
            }
            else
            {
                AddOther(column, row, text);
            }
        }
        text.Add((byte)'\n');
    }

    private int AddText(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        if (value.Length > 0 && !value.ContainsAny(_special))
        {
            value.CopyTo(destination);
            return value.Length;
        }
        int position = 0;
        destination[position++] = (byte)'"';
        foreach (byte b in value)
        {
            if (b == '"')
            {
                destination[position++] = b;
            }
            destination[position++] = b;
        }
        destination[position++] = (byte)'"';
        return position;
    }

    private static void AddOther(Column column, int row, ByteBuffer text)
    {
        if (column.Type.Kind == ColumnKind.Binary)
        {
            HexText.Write(column.Text(row), text);
            return;
        }
        text.Advance(ValueText.Format(column, row, text.Free(ValueText.MaxFixedLength)));
    }
}
