namespace StreamEtl.Parquet.Metadata;

/// <summary>One node of a file's schema, as stored: the tree in depth-first order (<c>SchemaElement</c> in parquet.thrift).</summary>
internal sealed class SchemaElement
{
    /// <summary>Field name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Storage of a leaf; null for groups.</summary>
    public PhysicalType? Type { get; set; }

    /// <summary>Bytes of each value, for <see cref="PhysicalType.FixedLenByteArray"/>.</summary>
    public int TypeLength { get; set; }

    /// <summary>How often the field occurs; null on the root of some files.</summary>
    public Repetition? Repetition { get; set; }

    /// <summary>Number of fields of a group.</summary>
    public int Children { get; set; }

    /// <summary>Old annotation.</summary>
    public ConvertedType? Converted { get; set; }

    /// <summary>Digits after the point, for decimals.</summary>
    public int Scale { get; set; }

    /// <summary>All digits, for decimals.</summary>
    public int Precision { get; set; }

    /// <summary>New annotation.</summary>
    public LogicalKind Logical { get; set; }

    /// <summary>Times: digits of the fraction of a second, 3, 6 or 9.</summary>
    public int UnitDigits { get; set; }

    /// <summary>Timestamps: true for instants, false for local time.</summary>
    public bool IsAdjustedToUtc { get; set; }

    /// <summary>Integers: bits.</summary>
    public int BitWidth { get; set; }

    /// <summary>Integers: signed.</summary>
    public bool IsSigned { get; set; }
}
