namespace StreamEtl.Framing;

/// <summary>What a field looks like to someone who must guess a dialect. Coarser than type inference: <c>00123</c> is a number here.</summary>
internal enum CellShape
{
    /// <summary>Nothing, or white space.</summary>
    Empty,

    /// <summary>Digits alone, perhaps signed.</summary>
    Whole,

    /// <summary>Digits, one point, digits; or an exponent.</summary>
    PointDecimal,

    /// <summary>Digits, one comma, digits.</summary>
    CommaDecimal,

    /// <summary>Digits grouped in threes by commas or points, where a grouping and a decimal separator look alike: <c>1,234</c>.</summary>
    Grouped,

    /// <summary>A date, a time, or both.</summary>
    Moment,

    /// <summary>true, false.</summary>
    Boolean,

    /// <summary>Anything else.</summary>
    Text,
}
