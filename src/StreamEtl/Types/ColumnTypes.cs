namespace StreamEtl.Types;

/// <summary>Relations between types.</summary>
public static class ColumnTypes
{
    /// <summary>
    /// The type that holds every value of both: Null is neutral, integer → decimal → float, microseconds → nanoseconds, anything else → text. An integer joined
    /// with a decimal becomes a 128-bit decimal, because 19 digits and a fraction do not fit in 64 bits.
    /// </summary>
    public static ColumnType Join(ColumnType a, ColumnType b)
    {
        if (a == b || b.Kind == ColumnKind.Null)
        {
            return a;
        }
        if (a.Kind == ColumnKind.Null)
        {
            return b;
        }
        if (IsNumber(a.Kind) && IsNumber(b.Kind))
        {
            return a.Kind == ColumnKind.Float || b.Kind == ColumnKind.Float ? ColumnType.Float : JoinDecimals(a, b);
        }
        if (a.Kind == b.Kind && a.Kind is ColumnKind.Timestamp or ColumnKind.Instant)
        {
            return a with { Scale = Math.Max(a.Scale, b.Scale) };
        }
        return ColumnType.Text;
    }

    private static ColumnType JoinDecimals(ColumnType a, ColumnType b)
    {
        int scale = Math.Max(a.Scale, b.Scale);
        int digits = Math.Max(IntegerDigits(a), IntegerDigits(b));
        int needed = digits + scale;
        return needed > ColumnType.MaxPrecision
            ? ColumnType.Float
            : ColumnType.Decimal(needed > ColumnType.NarrowPrecision ? ColumnType.MaxPrecision : ColumnType.NarrowPrecision, scale);
    }

    /// <summary>Digits before the point that a value of the type may have.</summary>
    internal static int IntegerDigits(ColumnType type) => type.Kind == ColumnKind.Integer ? 19 : type.Precision - type.Scale;

    internal static bool IsNumber(ColumnKind kind) => kind is ColumnKind.Integer or ColumnKind.Decimal or ColumnKind.Float;
}
