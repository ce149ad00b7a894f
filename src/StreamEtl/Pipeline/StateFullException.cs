namespace StreamEtl.Pipeline;

/// <summary>A table of keys outgrew the memory budget in a job that assumed it would not: the job starts again with spilling. Never reaches users.</summary>
internal sealed class StateFullException : Exception;
