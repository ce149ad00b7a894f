using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Sources;

/// <summary>One column of what a pass reads.</summary>
/// <param name="Name">Name in the output and in messages.</param>
/// <param name="SourceOrdinal">Index in <see cref="IRowSource.Columns"/>, or -1 when this input lacks the column: every row is NULL.</param>
/// <param name="Type">The type that values get.</param>
/// <param name="Mode">What to do with the values.</param>
/// <param name="Pattern">How dates are written, where <paramref name="Type"/> is one of time and the source holds text.</param>
/// <param name="NullError">
/// When set, a row that is NULL here is malformed and rejected with this kind (<see cref="ErrorKind.NullKey"/> for keys,
/// <see cref="ErrorKind.InvalidValue"/> for fields that a schema declares not nullable); null: NULLs are welcome.
/// </param>
public sealed record PlanColumn(
    string Name,
    int SourceOrdinal,
    ColumnType Type,
    ColumnMode Mode,
    TextPattern Pattern = TextPattern.Iso,
    ErrorKind? NullError = null
)
{
    /// <summary>True for a column of the key whose values are read.</summary>
    public bool IsKey => NullError == ErrorKind.NullKey && Mode is ColumnMode.Convert or ColumnMode.Contract;
}
