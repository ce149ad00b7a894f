namespace StreamEtl;

/// <summary>The version, as built.</summary>
public static partial class EngineVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Number => Version;

    /// <summary>The commit that it was built from; <c>unknown</c> when it was built outside a repository.</summary>
    public static string Build => Revision.Length == 0 ? "unknown" : Revision;

    /// <summary>Both, such as <c>0.1.0+66a87b8b</c>; the number alone when the commit is unknown.</summary>
    public static string Full => Revision.Length == 0 ? Version : $"{Version}+{Revision}";
}
