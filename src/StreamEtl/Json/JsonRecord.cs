namespace StreamEtl.Json;

/// <summary>A record of a unit.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Line">Line in the unit, from 0.</param>
internal readonly record struct JsonRecord(int Start, int Length, int Line);
