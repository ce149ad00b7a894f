using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace StreamEtl.Tests.Pipeline;

/// <summary>The real snapshot sequences: makes their CSV files once a test run and checks each against its SHA-256.</summary>
internal static class SnapshotCorpus
{
    private static readonly Dictionary<string, string> Built = [];
    private static readonly Lock Building = new();

    /// <summary>Sequences that this checkout can make.</summary>
    public static IEnumerable<string> Names =>
        Folders().SelectMany(Directory.EnumerateDirectories).Select(d => Path.GetFileName(d)!).Distinct().Order();

    /// <summary>expected.json of a sequence.</summary>
    public static JsonElement Expected(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(name), "expected.json")));
        return document.RootElement.Clone();
    }

    /// <summary>The folder that holds the sequence's plain CSV files.</summary>
    public static string Build(string name)
    {
        lock (Building)
        {
            if (!Built.TryGetValue(name, out string? folder))
            {
                folder = Directory.CreateTempSubdirectory("streametl-snapshots-").FullName;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
                Rebuild(name, folder);
                Built[name] = folder;
            }
            return folder;
        }
    }

    private static void Rebuild(string name, string target)
    {
        string text = "";
        foreach (JsonElement version in Expected(name).GetProperty("versions").EnumerateArray())
        {
            string file = version.GetProperty("file").GetString()!;
            string content = Unzip(Path.Combine(Folder(name), file));
            if (file.EndsWith(".edpatch.gz", StringComparison.Ordinal))
            {
                content = string.Concat(EdPatch.Apply(Lines(text), Lines(content)).Select(line => line + "\n"));
            }
            text = content;
            byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
            Assert.Equal(version.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
            File.WriteAllBytes(Path.Combine(target, version.GetProperty("name").GetString()!), bytes);
        }
    }

    private static List<string> Lines(string text)
    {
        List<string> lines = [.. text.Split('\n')];
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }
        return lines;
    }

    /// <summary>Latin-1 keeps every byte as it is.</summary>
    private static string Unzip(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, System.Text.Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }

    private static string Folder(string name) => Folders().Select(f => Path.Combine(f, name)).First(Directory.Exists);

    private static IEnumerable<string> Folders()
    {
        yield return RepositoryFiles.At("tests", "StreamEtl.Tests", "Corpus", "snapshots");
        string? shared = Environment.GetEnvironmentVariable("STREAMETL_CORPUS");
        string beside = shared is null ? RepositoryFiles.At("..", "shared", "corpus", "snapshots") : Path.Combine(shared, "snapshots");
        if (Directory.Exists(beside))
        {
            yield return beside;
        }
    }
}
