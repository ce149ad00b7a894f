namespace StreamEtl.Types;

/// <summary>
/// What the values of a text column have shown of its type so far. Merging is associative and commutative, so the answer depends on the
/// values alone, never on how the input was cut or in which order parts were seen.
/// </summary>
public sealed class TypeEvidence { }
