namespace StreamEtl.Types;

/// <summary>What a column's evidence amounts to.</summary>
/// <param name="Type">The type.</param>
/// <param name="Pattern">
/// How dates are written. <see cref="ColumnType.Text"/> with <see cref="TextPattern.DayFirst"/> means: every value so far could be a day-first date, none
/// proves it; a later one may.
/// </param>
public readonly record struct InferredType(ColumnType Type, TextPattern Pattern);
