using StreamEtl.Batches;

namespace StreamEtl.Pipeline;

/// <summary>
/// What the first pass over an input notes of a unit, so that the next cuts the input at the same places and knows each unit's rows before it decodes them.
/// </summary>
/// <param name="Target">Bytes that were asked for.</param>
/// <param name="FirstRow">Ordinal of the unit's first row within its side.</param>
/// <param name="Rows">Well-formed rows.</param>
/// <param name="IsClean">No row was malformed.</param>
/// <param name="Places">Where its rows are, if that was noted.</param>
internal readonly record struct UnitMark(int Target, long FirstRow, int Rows, bool IsClean, RowPlaces? Places);
