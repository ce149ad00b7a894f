namespace StreamEtl.Pipeline;

/// <summary>Ends a pass that looks for equal rows and finds few: the job goes on without. Never reaches users.</summary>
internal sealed class RowsDifferException : Exception;
