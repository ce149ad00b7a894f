namespace StreamEtl.Tests;

/// <summary>Finds files of the checkout from wherever the tests run.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder that holds StreamEtl.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StreamEtl.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("the tests must run inside a checkout");
    }
}
