using StreamEtl.Batches;
using StreamEtl.Parquet.Reading;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Writes nested values in the corpus's canonical form, which, unlike JSON, tells every type apart.</summary>
internal sealed class CanonicalSink(ByteStore store) : INestedSink
{
    private int _depth;
    private bool _hasItem;
    private bool _isNamed;

    public void Null()
    {
        Separate();
        Write("N");
    }

    public void Value(SchemaNode leaf, Column values, int index)
    {
        Separate();
        Write(CanonicalText.Of(values, index, leaf, null));
    }

    public void BeginList() => Begin("[");

    public void EndList() => End("]");

    public void BeginStruct() => Begin("{");

    public void Field(string name)
    {
        Separate();
        Write(name + "=");
        _isNamed = true;
    }

    public void EndStruct() => End("}");

    public void BeginMap(bool hasPlainKeys) => Begin("<");

    public void MapKey() { }

    public void MapValue()
    {
        Write(">");
        _isNamed = true;
    }

    public void EndEntry() { }

    public void EndMap() => End(">");

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
        else if (_hasItem)
        {
            Write(",");
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
