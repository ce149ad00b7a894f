using System.Text.Json;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Json;

/// <summary>What the values of one key have shown of its type.</summary>
internal sealed class JsonColumnEvidence
{
    private static readonly TextFormat Format = new();
    private readonly TypeEvidence _evidence = new();
    private TextView[] _texts = new TextView[64];
    private int _count;
    private bool _strings;
    private bool _numbers;
    private bool _booleans;
    private bool _nested;

    /// <summary>Adds a value of a unit: the number as written or the string unescaped is what <paramref name="text"/> says of the unit's bytes.</summary>
    public void Add(JsonTokenType kind, TextView text)
    {
        _strings |= kind == JsonTokenType.String;
        _numbers |= kind == JsonTokenType.Number;
        _booleans |= kind is JsonTokenType.True or JsonTokenType.False;
        _nested |= kind is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (kind is JsonTokenType.String or JsonTokenType.Number)
        {
            if (_count == _texts.Length)
            {
                Array.Resize(ref _texts, _count * 2);
            }
            _texts[_count++] = text;
        }
    }

    /// <summary>Looks at the values that were added of a unit, before another begins.</summary>
    public void Observe(byte[] bytes)
    {
        _evidence.Observe(bytes, _texts.AsSpan(0, _count), null, Format);
        _count = 0;
    }

    /// <summary>Adds what another has seen.</summary>
    public void Merge(JsonColumnEvidence other)
    {
        _strings |= other._strings;
        _numbers |= other._numbers;
        _booleans |= other._booleans;
        _nested |= other._nested;
        _evidence.Merge(other._evidence);
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
