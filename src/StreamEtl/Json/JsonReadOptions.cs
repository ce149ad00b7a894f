namespace StreamEtl.Json;

/// <summary>How a JSON input is read.</summary>
public sealed record JsonReadOptions
{
    /// <summary>Encoding as the user named it, or null.</summary>
    public string? Encoding { get; init; }

    /// <summary>Longest record in bytes.</summary>
    public int MaxRecordBytes { get; init; } = 64 << 20;

    /// <summary>Threads that look for columns and their types.</summary>
    public int Threads { get; init; } = 1;
}
