namespace StreamEtl.Connectors.Configuration;

/// <summary>Where something stands in a config file.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in characters.</param>
public readonly record struct ConfigPlace(string File, int Line, int Column);
