namespace StreamEtl.Pipeline;

/// <summary>Writes the positions of the wanted ones among <paramref name="count"/> rows from ordinal <paramref name="firstRow"/> on; returns how many.</summary>
internal delegate int RowChoice(long firstRow, int count, Span<int> positions);
