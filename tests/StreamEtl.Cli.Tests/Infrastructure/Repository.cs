namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>Finds the sources that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds StreamEtl.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "StreamEtl.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new InvalidOperationException("StreamEtl.sln is not above " + AppContext.BaseDirectory);
    }
}
