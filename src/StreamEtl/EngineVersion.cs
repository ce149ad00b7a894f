namespace StreamEtl;

/// <summary>The version, as built.</summary>
public static partial class EngineVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Number { get; } = Built.Split('+')[0];

    /// <summary>The commit that it was built from; <c>unknown</c> when it was built outside a repository.</summary>
    public static string Build { get; } = Built.Contains('+', StringComparison.Ordinal) ? Built.Split('+')[1] : "unknown";

    /// <summary>Both, such as <c>0.1.0+66a87b8b</c>.</summary>
    public static string Full => Built;
}
