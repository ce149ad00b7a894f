namespace StreamEtl.Pipeline;

/// <summary>Ends a pass that looks for rows of the same bytes and finds few: the job goes on without.</summary>
internal sealed class RecordsDifferException : Exception;
