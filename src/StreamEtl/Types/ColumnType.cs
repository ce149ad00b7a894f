namespace StreamEtl.Types;

/// <summary>The type of a column: a kind and, where the kind needs them, precision and scale.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Precision">Decimal: total digits, 18 (stored as 64 bits) or 38 (128 bits) when inferred; otherwise 0.</param>
/// <param name="Scale">Decimal: digits after the point. Timestamp and Instant: 6 (microseconds) or 9 (nanoseconds). Otherwise 0.</param>
public readonly record struct ColumnType(ColumnKind Kind, byte Precision = 0, byte Scale = 0)
{
    /// <summary>Digits that a 64-bit decimal holds.</summary>
    public const int NarrowPrecision = 18;

    /// <summary>Digits that a 128-bit decimal holds.</summary>
    public const int MaxPrecision = 38;

    /// <summary>No value seen yet.</summary>
    public static ColumnType Null => new(ColumnKind.Null);

    /// <summary>true/false.</summary>
    public static ColumnType Boolean => new(ColumnKind.Boolean);

    /// <summary>64-bit integer.</summary>
    public static ColumnType Integer => new(ColumnKind.Integer);

    /// <summary>Double.</summary>
    public static ColumnType Float => new(ColumnKind.Float);

    /// <summary>Date.</summary>
    public static ColumnType Date => new(ColumnKind.Date);

    /// <summary>Time of day in microseconds.</summary>
    public static ColumnType Time => new(ColumnKind.Time);

    /// <summary>Local timestamp in microseconds.</summary>
    public static ColumnType Timestamp => new(ColumnKind.Timestamp, 0, 6);

    /// <summary>UTC instant in microseconds.</summary>
    public static ColumnType Instant => new(ColumnKind.Instant, 0, 6);

    /// <summary>UTF-8 text.</summary>
    public static ColumnType Text => new(ColumnKind.Text);

    /// <summary>Bytes.</summary>
    public static ColumnType Binary => new(ColumnKind.Binary);

    /// <summary>A decimal type.</summary>
    public static ColumnType Decimal(int precision, int scale) => new(ColumnKind.Decimal, (byte)precision, (byte)scale);

    /// <summary>True when values are kept as 128-bit integers (<see cref="Batches.Column.Wide"/>).</summary>
    public bool IsWide => Kind == ColumnKind.Decimal && Precision > NarrowPrecision;

    /// <summary>True when values are views over bytes (<see cref="Batches.Column.Views"/>).</summary>
    public bool IsVariable => Kind is ColumnKind.Text or ColumnKind.Binary;

    /// <summary>Same kind, precision and scale. Written out because comparing members through their comparers is compiled at the start of every run.</summary>
    public bool Equals(ColumnType other) => Kind == other.Kind && Precision == other.Precision && Scale == other.Scale;

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Kind << 16) | (Precision << 8) | Scale;

    /// <summary>The name that reports and schema files use: <c>integer</c>, <c>decimal(18,2)</c>, <c>timestamp</c>, <c>timestamp(9)</c>, …</summary>
    public override string ToString() =>
        Kind switch
        {
            ColumnKind.Decimal => $"decimal({Precision},{Scale})",
            ColumnKind.Timestamp or ColumnKind.Instant when Scale == 9 => $"{KindName}(9)",
            _ => KindName,
        };

    /// <summary>Written out: the name of an enum's member is found by reflection, which every start would pay for.</summary>
    private string KindName =>
        Kind switch
        {
            ColumnKind.Null => "null",
            ColumnKind.Boolean => "boolean",
            ColumnKind.Integer => "integer",
            ColumnKind.Decimal => "decimal",
            ColumnKind.Float => "float",
            ColumnKind.Date => "date",
            ColumnKind.Time => "time",
            ColumnKind.Timestamp => "timestamp",
            ColumnKind.Instant => "instant",
            ColumnKind.Text => "text",
            ColumnKind.Binary => "binary",
            _ => throw new InvalidOperationException($"no kind {(int)Kind}"),
        };
}
