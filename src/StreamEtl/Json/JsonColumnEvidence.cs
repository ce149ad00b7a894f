using System.Text.Json;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Json;

/// <summary>What the values of one key have shown of its type.</summary>
internal sealed class JsonColumnEvidence
{
    private static readonly TextFormat Format = new();
    private readonly TypeEvidence _evidence = new();
    private bool _strings;
    private bool _numbers;
    private bool _booleans;
    private bool _nested;

    /// <summary>Adds a value; <paramref name="text"/> is the number as written or the string unescaped.</summary>
    public void Add(JsonTokenType kind, byte[] text, int length)
    {
        _strings |= kind == JsonTokenType.String;
        _numbers |= kind == JsonTokenType.Number;
        _booleans |= kind is JsonTokenType.True or JsonTokenType.False;
        _nested |= kind is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (kind is JsonTokenType.String or JsonTokenType.Number)
        {
            _evidence.Observe(text, [new TextView(0, length)], null, Format);
        }
    }

    /// <summary>One kind only: numbers by their digits, strings as dates where all are, else text. Several kinds: text.</summary>
    public ColumnType Resolve()
    {
        int kinds = (_strings ? 1 : 0) + (_numbers ? 1 : 0) + (_booleans ? 1 : 0) + (_nested ? 1 : 0);
        if (kinds != 1 || _nested)
        {
            return kinds == 0 ? ColumnType.Null : ColumnType.Text;
        }
        if (_booleans)
        {
            return ColumnType.Boolean;
        }
        InferredType found = _evidence.Resolve();
        bool isDate = found.Type.Kind is ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.Instant && found.Pattern == TextPattern.Iso;
        return _numbers || isDate ? found.Type : ColumnType.Text;
    }
}
