using System.Security.Cryptography;
using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

/// <summary>D1: every step of every real sequence gives exactly the counts and keys that independent tools found.</summary>
public sealed class SnapshotDiffTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-diff-").FullName;

    public static TheoryData<string, int> Steps
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string name in SnapshotCorpus.Names)
            {
                for (int step = 0; step < SnapshotCorpus.Expected(name).GetProperty("diffs").GetArrayLength(); step++)
                {
                    data.Add(name, step);
                }
            }
            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Diff_RealSnapshotsAsText_ExactCountsAndKeys(string name, int step)
    {
        JsonElement expected = SnapshotCorpus.Expected(name);
        JsonElement diff = expected.GetProperty("diffs")[step];
        string[] key = [.. expected.GetProperty("key").EnumerateArray().Select(k => k.GetString()!)];
        string data = SnapshotCorpus.Build(name);
        string output = Path.Combine(_folder, "changes.ndjson");
        var report = new RunReport { Verb = "diff" };
        await EtlRunner.RunAsync(
            new DiffOptions
            {
                Old = Path.Combine(data, diff.GetProperty("frm").GetString()!),
                New = Path.Combine(data, diff.GetProperty("to").GetString()!),
                Key = key,
                Output = output,
                InferTypes = false,
                MemoryBytes = 512 << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            report,
            null,
            CancellationToken.None
        );
        Assert.Equal(diff.GetProperty("insert").GetInt64(), report.Inserts);
        Assert.Equal(diff.GetProperty("delete").GetInt64(), report.Deletes);
        Assert.Equal(diff.GetProperty("update_union").GetInt64(), report.Updates);
        Dictionary<string, List<string>> keys = ReadKeys(output, key);
        Assert.Equal(Hash(diff, "insert_keys_sha256"), Sha256(keys["I"]));
        Assert.Equal(Hash(diff, "delete_keys_sha256"), Sha256(keys["D"]));
        Assert.Equal(Hash(diff, "update_union_keys_sha256"), Sha256(keys["U"]));
    }

    private static string? Hash(JsonElement diff, string name) => diff.GetProperty(name).GetString();

    private static Dictionary<string, List<string>> ReadKeys(string path, string[] key)
    {
        var keys = new Dictionary<string, List<string>>
        {
            ["I"] = [],
            ["U"] = [],
            ["D"] = [],
        };
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            // One real file renames its key column in case only.
            var values = row.RootElement.EnumerateObject().ToLookup(p => p.Name, p => p.Value, StringComparer.OrdinalIgnoreCase);
            keys[row.RootElement.GetProperty("_cdc_operation").GetString()!]
                .Add(string.Join('\u001F', key.Select(k => values[k].First().GetString())));
        }
        return keys;
    }

    /// <summary>As expected.json defines it: keys sorted by UTF-8 bytes, each followed by LF.</summary>
    private static string Sha256(List<string> keys)
    {
        byte[][] sorted = [.. keys.Select(System.Text.Encoding.UTF8.GetBytes)];
        Array.Sort(sorted, (a, b) => a.AsSpan().SequenceCompareTo(b));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] value in sorted)
        {
            hash.AppendData(value);
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
