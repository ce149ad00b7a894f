using System.Buffers.Text;
using StreamEtl.Batches;

namespace StreamEtl.Types;

/// <summary>
/// What the values of a text column have shown of its type so far. Merging is associative and commutative (an intersection of candidates and some maxima), so
/// the answer depends on the values alone, never on how the input was cut or in which order parts were seen.
/// </summary>
public sealed class TypeEvidence
{
    private Candidates _candidates = Candidates.All;
    private bool _any;
    private bool _hasPoint;
    private bool _hasExponent;
    private bool _dayBeyondTwelve;
    private bool _customTime;
    private int _integerDigits;
    private int _scale;
    private int _fractionDigits;

    /// <summary>Adds the values of <paramref name="views"/> over <paramref name="bytes"/>; a set bit in <paramref name="nulls"/> skips a value.</summary>
    public void Observe(byte[] bytes, ReadOnlySpan<TextView> views, ulong[]? nulls, TextFormat format)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(format);
        CustomDate? custom = CustomDate.Parse(format.DateFormat);
        for (int i = 0; i < views.Length; i++)
        {
            if (nulls is not null && (nulls[i >> 6] >> i & 1) != 0)
            {
                continue;
            }
            _any = true;
            if (_candidates == Candidates.None)
            {
                return;
            }
            Add(bytes.AsSpan(views[i].Start, views[i].Length), (byte)format.DecimalSeparator, custom);
        }
    }

    /// <summary>Adds what another part of the column has shown.</summary>
    public void Merge(TypeEvidence other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _candidates &= other._candidates;
        _any |= other._any;
        _hasPoint |= other._hasPoint;
        _hasExponent |= other._hasExponent;
        _dayBeyondTwelve |= other._dayBeyondTwelve;
        _customTime |= other._customTime;
        _integerDigits = Math.Max(_integerDigits, other._integerDigits);
        _scale = Math.Max(_scale, other._scale);
        _fractionDigits = Math.Max(_fractionDigits, other._fractionDigits);
    }

    /// <summary>Adds whatever a column of a numeric type may hold: digits really seen and digits declared together need fewer than two types that each assume the most.</summary>
    internal void Include(ColumnType number)
    {
        _candidates &= Candidates.Number;
        _any = true;
        _hasExponent |= number.Kind == ColumnKind.Float;
        _hasPoint |= number.Kind == ColumnKind.Decimal;
        if (number.Kind != ColumnKind.Float)
        {
            _integerDigits = Math.Max(_integerDigits, ColumnTypes.IntegerDigits(number));
            _scale = Math.Max(_scale, number.Scale);
        }
    }

    /// <summary>The type that holds every value seen.</summary>
    public InferredType Resolve()
    {
        if (!_any)
        {
            return new InferredType(ColumnType.Null, TextPattern.Iso);
        }
        int unit = _fractionDigits > 6 ? 9 : 6;
        return _candidates switch
        {
            var c when c.HasFlag(Candidates.Custom) => new InferredType(
                _customTime ? new ColumnType(ColumnKind.Timestamp, 0, (byte)unit) : ColumnType.Date,
                TextPattern.Custom
            ),
            var c when c.HasFlag(Candidates.Boolean) => new InferredType(ColumnType.Boolean, TextPattern.Iso),
            var c when c.HasFlag(Candidates.Number) => new InferredType(Number(), TextPattern.Iso),
            var c when c.HasFlag(Candidates.IsoDate) => new InferredType(ColumnType.Date, TextPattern.Iso),
            var c when c.HasFlag(Candidates.IsoTimestamp) => new InferredType(
                new ColumnType(ColumnKind.Timestamp, 0, (byte)unit),
                TextPattern.Iso
            ),
            var c when c.HasFlag(Candidates.IsoInstant) => new InferredType(
                new ColumnType(ColumnKind.Instant, 0, (byte)unit),
                TextPattern.Iso
            ),
            var c when (c & (Candidates.DayFirstDate | Candidates.DayFirstTimestamp)) != 0 => DayFirst(c, unit),
            _ => new InferredType(ColumnType.Text, TextPattern.Iso),
        };
    }

    private ColumnType Number()
    {
        if (_hasExponent)
        {
            return ColumnType.Float;
        }
        if (!_hasPoint)
        {
            return ColumnType.Integer;
        }
        int digits = _integerDigits + _scale;
        return digits <= ColumnType.NarrowPrecision ? ColumnType.Decimal(ColumnType.NarrowPrecision, _scale)
            : digits <= ColumnType.MaxPrecision ? ColumnType.Decimal(ColumnType.MaxPrecision, _scale)
            : ColumnType.Float;
    }

    private InferredType DayFirst(Candidates candidates, int unit)
    {
        ColumnType type = candidates.HasFlag(Candidates.DayFirstDate)
            ? ColumnType.Date
            : new ColumnType(ColumnKind.Timestamp, 0, (byte)unit);
        // 01/02/2024 may be the first of February or the second of January: only a day beyond 12 proves which.
        return new InferredType(_dayBeyondTwelve ? type : ColumnType.Text, TextPattern.DayFirst);
    }

    private void Add(ReadOnlySpan<byte> text, byte separator, CustomDate? custom)
    {
        Candidates seen = Candidates.None;
        if ((_candidates & Candidates.Custom) != 0 && custom is not null && custom.TryRead(text, out _, out _))
        {
            seen |= Candidates.Custom;
            _customTime = custom.HasTime;
            _fractionDigits = Math.Max(_fractionDigits, custom.FractionDigits);
        }
        if ((_candidates & Candidates.Number) != 0)
        {
            seen |= AddNumber(text, separator);
        }
        if ((_candidates & ~(Candidates.Number | Candidates.Custom)) != 0)
        {
            seen |= AddOther(text);
        }
        _candidates &= seen;
    }

    private Candidates AddNumber(ReadOnlySpan<byte> text, byte separator)
    {
        if (NumberText.TryDecimal(text, separator, out DecimalParts parts))
        {
            if (!parts.HasPoint && (parts.IntegerDigits > ColumnType.NarrowPrecision || text is [(byte)'-', (byte)'0']))
            {
                return Candidates.None;
            }
            _hasPoint |= parts.HasPoint;
            _integerDigits = Math.Max(_integerDigits, parts.IntegerDigits);
            _scale = Math.Max(_scale, parts.Scale);
            return Candidates.Number;
        }
        if (FloatText.IsExponentForm(text, separator))
        {
            _hasExponent = true;
            return Candidates.Number;
        }
        return Candidates.None;
    }

    private Candidates AddOther(ReadOnlySpan<byte> text)
    {
        if (text.Length is 4 or 5 && Utf8Parser.TryParse(text, out bool _, out int used) && used == text.Length)
        {
            return Candidates.Boolean;
        }
        if (text.Length < 10)
        {
            return Candidates.None;
        }
        if (DateText.TryIsoDate(text[..10], out _))
        {
            return text.Length == 10 ? Candidates.IsoDate : AddTime(text, Candidates.IsoTimestamp);
        }
        if (DateText.TryDayFirstDate(text[..10], out _, out int day))
        {
            Candidates found = text.Length == 10 ? Candidates.DayFirstDate : AddTime(text, Candidates.DayFirstTimestamp);
            _dayBeyondTwelve |= found != Candidates.None && day > 12;
            return found;
        }
        return Candidates.None;
    }

    private Candidates AddTime(ReadOnlySpan<byte> text, Candidates local)
    {
        if (
            text[10] is not ((byte)' ' or (byte)'T')
            || !DateText.TryTime(text[11..], out _, out int fractionDigits, out ReadOnlySpan<byte> zone)
        )
        {
            return Candidates.None;
        }
        Candidates found =
            zone.Length == 0 ? local
            : local == Candidates.IsoTimestamp && DateText.TryZone(zone, out _) ? Candidates.IsoInstant
            : Candidates.None;
        if (found != Candidates.None)
        {
            _fractionDigits = Math.Max(_fractionDigits, fractionDigits);
        }
        return found;
    }
}
