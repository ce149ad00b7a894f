using System.Text;
using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Tables;

/// <summary>Random histories of a table against dictionaries: every version reads back as it was, before and after compacting and vacuuming, and is proven by verify.</summary>
public sealed class VersionModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task History_EveryVersion_ReadsBackAsItWas(int seed)
    {
        using var folder = new TableFolder();
        var random = new Random(seed);
        var model = new SortedDictionary<int, string[]>();
        var versions = new Dictionary<long, (string Header, string[] Rows)>();
        string header = "id,code,name";
        for (int id = 0; id < 300; id++)
        {
            model[id] = [$"{id % 7}", id % 11 == 0 ? "" : $"n{id}"];
        }
        for (int day = 0; day < 7; day++)
        {
            Change(model, random, day);
            if (day == 4)
            {
                // The column of whole numbers turns into text, and a column is added.
                model[model.Keys.First()][0] = "x9";
                header += ",extra";
                foreach (int id in model.Keys.ToArray())
                {
                    model[id] = [.. model[id], random.Next(3) == 0 ? $"e{id}" : ""];
                }
            }
            RunReport report = await folder.IngestAsync(Csv(header, model), random.Next(6) == 0 ? IngestMode.Full : null);
            versions[report.TableVersion!.Value] = (header, Lines(model));
            if (day is 2 or 5)
            {
                await folder.CompactAsync();
                versions[report.TableVersion!.Value + 1] = (header, Lines(model));
            }
        }
        foreach ((long version, (string columns, string[] rows)) in versions)
        {
            string[] lines = (await folder.ReadCsvAsync($"{version}")).TrimEnd('\n').Split('\n');
            Assert.Equal(columns, lines[0]);
            Assert.Equal(rows, lines[1..].Order(StringComparer.Ordinal));
        }
        Assert.Equal(await folder.ReadAsync($"{versions.Keys.Max()}"), await folder.ReadAsync("latest"));
        AssertAll("ok", await folder.VerifyAsync(), versions.Count);
        await folder.VacuumAsync(keep: 2);
        foreach (long version in versions.Keys.Order().TakeLast(2))
        {
            Assert.Equal(versions[version].Rows, (await folder.ReadAsync($"{version}")).Order(StringComparer.Ordinal));
        }
        await folder.VerifyAsync();
    }

    private static void AssertAll(string status, string json, int versions)
    {
        JsonElement[] found = [.. JsonDocument.Parse(json).RootElement.EnumerateArray()];
        Assert.Equal(versions, found.Length);
        Assert.All(found, f => Assert.Equal(status, f.GetProperty("status").GetString()));
    }

    private static void Change(SortedDictionary<int, string[]> model, Random random, int day)
    {
        foreach (int id in model.Keys.ToArray())
        {
            switch (random.Next(12))
            {
                case 0:
                    model.Remove(id);
                    break;
                case 1:
                    string[] row = [.. model[id]];
                    row[1] = $"d{day}-{id}";
                    model[id] = row;
                    break;
                default:
                    break;
            }
        }
        int columns = model.Values.First().Length;
        for (int i = 0; i < 25; i++)
        {
            model[1000 + (100 * day) + i] = [.. new[] { "5", $"new{day}", "" }.Take(columns)];
        }
    }

    private static string Csv(string header, SortedDictionary<int, string[]> model) =>
        new StringBuilder(header).Append('\n').AppendJoin('\n', model.Select(Line)).Append('\n').ToString();

    private static string[] Lines(SortedDictionary<int, string[]> model) => [.. model.Select(Line).Order(StringComparer.Ordinal)];

    private static string Line(KeyValuePair<int, string[]> row) => $"{row.Key},{string.Join(',', row.Value)}";
}
