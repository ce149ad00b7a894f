namespace StreamEtl.Types;

/// <summary>A number as it was written.</summary>
/// <param name="Unscaled">All digits as one signed integer; meaningless when there are more than 38.</param>
/// <param name="IntegerDigits">Digits before the point that count (0 for <c>0.5</c>).</param>
/// <param name="Scale">Digits after the point.</param>
/// <param name="HasPoint">False for an integer.</param>
internal readonly record struct DecimalParts(Int128 Unscaled, int IntegerDigits, int Scale, bool HasPoint);
