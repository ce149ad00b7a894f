namespace StreamEtl.Errors;

/// <summary>A row that was set aside: the five facts of the contract (file, line, byte offset, column, reason) and its kind.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Source">File name as given by the user.</param>
/// <param name="Line">1-based physical line on which the record starts. Inside a batch: relative to the batch's first line (0-based) until the graph adds the base.</param>
/// <param name="ByteOffset">0-based offset of the record's first byte in the decoded input.</param>
/// <param name="Column">Column name, or null when the whole record is meant.</param>
/// <param name="Reason">One sentence for people.</param>
public sealed record RejectedRecord(ErrorKind Kind, string Source, long Line, long ByteOffset, string? Column, string Reason)
{
    /// <summary>The exception that <c>--on-error fail</c> throws for this row.</summary>
    public StreamEtlException ToException() =>
        new(
            Kind,
            Reason,
            new RecordPosition(Source, Line, ByteOffset, Column),
            Kind switch
            {
                ErrorKind.BareQuote =>
                    "if quotes are plain text in this input, say --quote none; or set such rows aside with --on-error reject --rejects FILE",
                ErrorKind.MixedLineEnds =>
                    "if every line ending ends a record in this input, say --line-ends any; or set such rows aside with --on-error reject --rejects FILE",
                _ => "use --on-error reject --rejects FILE to set such rows aside and go on",
            }
        );
}
