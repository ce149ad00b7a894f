namespace StreamEtl.Connectors.Configuration;

/// <summary>A named entry of a map.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where the name stands.</param>
/// <param name="Value">Its value.</param>
public sealed record ConfigProperty(string Name, ConfigPlace Place, ConfigNode Value);
