using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>A column of a job: one name and type for all sides.</summary>
/// <param name="Name">Name in the output.</param>
/// <param name="Type">The type that holds every side's values; Null when no value has been seen.</param>
/// <param name="Contract">True when <c>--schema</c> declares it.</param>
/// <param name="NotNull">True when <c>--schema</c> declares it not nullable.</param>
/// <param name="SideNames">For each side, the index of the column in that side's names, or -1.</param>
/// <param name="Patterns">For each side, how dates are written there.</param>
internal sealed record JobColumn(string Name, ColumnType Type, bool Contract, bool NotNull, int[] SideNames, TextPattern[] Patterns);
