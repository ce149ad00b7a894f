namespace StreamEtl.Sources;

/// <summary>What a pass wants of a column.</summary>
public enum ColumnMode
{
    /// <summary>Nothing: the batch has no column there.</summary>
    Skip,

    /// <summary>Type evidence only; the batch has no column there.</summary>
    Observe,

    /// <summary>Values under an inferred type; a value that contradicts it marks the batch <see cref="Batches.RowBatch.Contradicted"/>.</summary>
    Convert,

    /// <summary>Values under a declared type; a row with a value that contradicts it is rejected (<see cref="Errors.ErrorKind.InvalidValue"/>).</summary>
    Contract,
}
