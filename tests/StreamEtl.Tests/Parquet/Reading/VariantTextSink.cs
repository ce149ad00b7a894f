using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Parquet.Reading;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Writes variants as the corpus has them: a question mark and the text that DuckDB shows.</summary>
internal sealed class VariantTextSink(ByteStore store) : INestedSink
{
    private int _depth;
    private bool _hasItem;
    private bool _isNamed;

    public void Null()
    {
        Separate();
        Write("NULL");
    }

    public void Value(SchemaNode leaf, Column values, int index)
    {
        Separate();
        ColumnKind kind = values.Type.Kind;
        if (kind == ColumnKind.Text)
        {
            string text = System.Text.Encoding.UTF8.GetString(values.Text(index));
            Write(Guid.TryParse(text, out _) ? text : $"'{text}'");
        }
        else if (kind == ColumnKind.Binary)
        {
            Write(string.Concat(values.Text(index).ToArray().Select(b => b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:X2}")));
        }
        else if (kind is ColumnKind.Timestamp or ColumnKind.Instant)
        {
            // DuckDB cuts instants to microseconds, towards 1970, and keeps the nanoseconds of local times.
            long value = values.Longs![index];
            bool isNanos = values.Type.Scale == 9;
            long micros = isNanos ? (kind == ColumnKind.Instant ? value / 1000 : (long)Math.Floor(value / 1000m)) : value;
            string text = DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            string nanos =
                isNanos && kind == ColumnKind.Timestamp ? (value - (micros * 1000)).ToString("D3", CultureInfo.InvariantCulture) : "";
            Write(text + nanos + (kind == ColumnKind.Instant ? "+00" : ""));
        }
        else
        {
            Span<byte> room = stackalloc byte[64];
            Write(System.Text.Encoding.UTF8.GetString(room[..ValueText.Format(values, index, room)]));
        }
    }

    public void BeginList() => Begin("[");

    public void EndList() => End("]");

    public void BeginStruct() => Begin("{");

    public void Field(string name)
    {
        Separate();
        Write($"'{name}': ");
        _isNamed = true;
    }

    public void EndStruct() => End("}");

    public void BeginMap(bool hasPlainKeys) => throw new NotSupportedException();

    public void MapKey() => throw new NotSupportedException();

    public void MapValue() => throw new NotSupportedException();

    public void EndEntry() => throw new NotSupportedException();

    public void EndMap() => throw new NotSupportedException();

    private void Begin(string bracket)
    {
        Separate();
        Write(bracket);
        _depth++;
        _hasItem = false;
    }

    private void End(string bracket)
    {
        Write(bracket);
        _hasItem = --_depth > 0;
    }

    private void Separate()
    {
        if (_isNamed)
        {
            _isNamed = false;
        }
        else if (_depth == 0)
        {
            Write("?");
        }
        else if (_hasItem)
        {
            Write(", ");
        }
        _hasItem = _depth > 0;
    }

    private void Write(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        int start = store.Take(bytes.Length);
        bytes.CopyTo(store.Bytes.AsSpan(start));
    }
}
