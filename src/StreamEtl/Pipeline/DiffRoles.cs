namespace StreamEtl.Pipeline;

/// <summary>What the columns of a diff are for.</summary>
/// <param name="Keys">Columns of the key.</param>
/// <param name="Compared">Columns whose difference is a change.</param>
/// <param name="Date">The column that says which row is newer, or -1.</param>
internal sealed record DiffRoles(int[] Keys, int[] Compared, int Date)
{
    /// <summary>Columns that tell rows of one key apart: the date does even where it is not compared, for it decides whether the row is an update.</summary>
    public int[] Telling { get; } = Date < 0 || Compared.Contains(Date) ? Compared : [.. Compared, Date];

    /// <summary>True for a column that has any part in it.</summary>
    public bool Has(int column) => Keys.Contains(column) || Telling.Contains(column);
}
