using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace StreamEtl.Tests.Architecture;

/// <summary>Keeps the picture of src/README.md true: which folder may use which, and where Dataflow lives.</summary>
public sealed partial class ArrowTests
{
    /// <summary>Folders in the order of a byte's path, with the folders that each may use. A folder may always use itself.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Errors"] = [],
        ["Memory"] = ["Errors"],
        ["Types"] = ["Errors", "Memory", "Batches"],
        ["Batches"] = ["Errors", "Memory", "Types"],
        ["Compression"] = ["Errors", "Memory", "Parquet"],
        ["Sources"] = ["Errors", "Memory", "Types", "Batches", "Compression", "Storage"],
        ["Framing"] = ["Errors", "Memory", "Types", "Batches", "Sources"],
        ["Parsing"] = ["Errors", "Memory", "Types", "Batches", "Sources", "Framing", "Diagnostics"],
        ["Json"] = ["Errors", "Memory", "Types", "Batches", "Sources"],
        ["Hashing"] = ["Errors", "Memory", "Types", "Batches"],
        ["Spill"] = ["Errors", "Memory", "Batches"],
        ["Dedupe"] = ["Errors", "Memory", "Types", "Batches", "Hashing", "Spill"],
        ["Diff"] = ["Errors", "Memory", "Types", "Batches", "Hashing", "Spill", "Dedupe"],
        ["Encoding"] = ["Errors", "Memory", "Types", "Batches", "Compression"],
        ["Parquet"] = ["Errors", "Memory", "Types", "Batches", "Sources", "Encoding", "Compression"],
        ["Sinks"] = ["Errors"],
        ["Storage"] = ["Errors", "Sinks"],
        ["Diagnostics"] = ["Errors", "Types"],
        ["Tables"] = ["Errors", "Memory", "Types", "Batches", "Sources", "Parquet", "Spill", "Diff", "Sinks", "Storage", "Diagnostics"],
        ["Pipeline"] = ["*"],
    };

    public static TheoryData<string> Folders => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void EngineFolder_Usings_PointUpThePathOnly(string folder)
    {
        string path = RepositoryFiles.At("src", "StreamEtl", folder);
        string[] allowed = Allowed[folder];
        if (!Directory.Exists(path) || allowed is ["*"])
        {
            return;
        }
        var wrong =
            from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
            from Match match in EngineUsing().Matches(File.ReadAllText(file))
            let used = match.Groups["folder"].Value
            where used != folder && !allowed.Contains(used)
            select $"{Path.GetFileName(file)} uses {used}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void EngineFolders_OnDisk_AreAllInThePicture()
    {
        var onDisk = Directory
            .EnumerateDirectories(RepositoryFiles.At("src", "StreamEtl"))
            .Select(d => Path.GetFileName(d)!)
            .Where(n => n is not ("bin" or "obj"));
        Assert.Empty(onDisk.Except(Allowed.Keys));
    }

    [Fact]
    public void Dataflow_OutsidePipeline_IsNotUsed()
    {
        var users =
            from file in Directory.EnumerateFiles(RepositoryFiles.At("src"), "*.cs", SearchOption.AllDirectories)
            where File.ReadAllText(file).Contains("System.Threading.Tasks.Dataflow", StringComparison.Ordinal)
            where Path.GetFileName(Path.GetDirectoryName(file)) != "Pipeline"
            select file;
        Assert.Empty(users);
    }

    [Fact]
    public void EngineProject_References_NoPackageAndNoProject()
    {
        XDocument project = XDocument.Load(RepositoryFiles.At("src", "StreamEtl", "StreamEtl.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
        Assert.Empty(project.Descendants("ProjectReference"));
    }

    [GeneratedRegex(@"^using StreamEtl\.(?<folder>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex EngineUsing();
}
