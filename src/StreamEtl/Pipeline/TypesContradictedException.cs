namespace StreamEtl.Pipeline;

/// <summary>A value did not fit the type that a sample had suggested: the pass stops, the whole input is looked at, and the pass starts again. Never reaches users.</summary>
internal sealed class TypesContradictedException : Exception;
