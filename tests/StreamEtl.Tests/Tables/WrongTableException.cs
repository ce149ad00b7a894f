namespace StreamEtl.Tests.Tables;

/// <summary>A table is in a state that it must never be in.</summary>
internal sealed class WrongTableException(string message) : Exception(message);
