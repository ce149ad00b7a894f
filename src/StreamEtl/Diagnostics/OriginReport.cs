namespace StreamEtl.Diagnostics;

/// <summary>What came of one origin of <c>consolidate</c>.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="Rows">Well-formed rows read.</param>
/// <param name="Winners">Rows of those that stay.</param>
public sealed record OriginReport(string Name, long Rows, long Winners);
