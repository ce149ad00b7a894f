namespace StreamEtl.Tests.Congregados;

/// <summary>A write that was done: the version and the content that it was over (null: there was none), and the content written.</summary>
public sealed record CongregadoWrite(string? SeenVersion, string? Seen, string Written);
