using System.Text;
using StreamEtl.Connectors.Configuration;

namespace StreamEtl.Tests.Configuration;

public sealed class ConfigReaderTests
{
    private const string Json = """
        {
          // comments pass
          "tables": [
            { "name": "orders", "key": ["id", "day"], "on": true },
            { "name": "é", "n": -1.5e1, "z": null },
          ]
        }
        """;

    private const string Yaml = """
        # the same
        tables:
          - name: orders
            key: [id, day]
            on: true
          - {name: é, n: -1.5e1, z: }
        """;

    [Fact]
    public void BothSyntaxes_OneContent_GiveOneTree()
    {
        ConfigNode json = Read(Json, "c.json");
        ConfigNode yaml = Read(Yaml, "c.yaml");
        Assert.True(JsonEquality.Same(json, yaml));
        Assert.Equal(Entries(json), Entries(yaml));
    }

    [Fact]
    public void Places_OfEveryEntry_AreThoseInTheFile()
    {
        Assert.Equal(
            [
                "1:1 ",
                "3:13 tables",
                "4:5 tables[0]",
                "4:15 tables[0].name",
                "4:32 tables[0].key",
                "4:33 tables[0].key[0]",
                "4:39 tables[0].key[1]",
            ],
            Places(Read(Json, "c.json")).Take(7)
        );
        Assert.Equal(
            [
                "2:1 ",
                "3:3 tables",
                "3:5 tables[0]",
                "3:11 tables[0].name",
                "4:10 tables[0].key",
                "4:11 tables[0].key[0]",
                "4:15 tables[0].key[1]",
            ],
            Places(Read(Yaml, "c.yaml")).Take(7)
        );
        // Columns count characters, not bytes: what follows é stands where an editor says.
        Assert.Contains("5:25 tables[1].n", Places(Read(Json, "c.json")));
        Assert.Contains("6:18 tables[1].n", Places(Read(Yaml, "c.yaml")));
    }

    [Theory]
    [InlineData("no", "Text no")]
    [InlineData("on", "Text on")]
    [InlineData("True", "Boolean true")]
    [InlineData("~", "Null null")]
    [InlineData("12", "Number 12")]
    [InlineData("012", "Number 12")]
    [InlineData("0x1F", "Number 31")]
    [InlineData("+1.50", "Number 1.50")]
    [InlineData("1e3", "Number 1000")]
    [InlineData("1_000", "Text 1_000")]
    [InlineData(".", "Text .")]
    [InlineData("'12'", "Text 12")]
    [InlineData("\"~\"", "Text ~")]
    [InlineData("2026-08-21", "Text 2026-08-21")]
    [InlineData("12:30:45", "Text 12:30:45")]
    [InlineData("512MB", "Text 512MB")]
    public void YamlScalar_Meaning_IsThatOfTheCoreSchema(string text, string expected)
    {
        ConfigNode node = Read($"a: {text}", "c.yaml").Properties[0].Value;
        string value = node.Kind == ConfigNodeKind.Number ? FormattableString.Invariant($"{node.Number}") : node.Text;
        Assert.Equal(expected, $"{node.Kind} {value}");
    }

    [Fact]
    public void YamlAliases_AreFollowed_UnderTheirOwnPath()
    {
        ConfigNode root = Read("base: &b {key: id, mode: cdc}\ntables:\n  - <<: *b\n    mode: full\n  - *b", "c.yaml");
        Assert.Equal("full", root["tables"]!.Items[0]["mode"]!.Text);
        Assert.Equal("id", root["tables"]!.Items[0]["key"]!.Text);
        Assert.Equal("tables[0].key", root["tables"]!.Items[0]["key"]!.Entry);
        Assert.Equal("tables[1].mode", root["tables"]!.Items[1]["mode"]!.Entry);
    }

    [Theory]
    [InlineData("c.json", "{\"a\": 1,\n \"a\": 2}", "2:2 a: stands here twice")]
    [InlineData("c.yaml", "a: 1\nb:\n  c: 1\n  c: 2", "4:3 b.c: stands here twice")]
    [InlineData("c.json", "{\"a\": \n  oops}", "2:3 this is not JSON")]
    [InlineData("c.json", "", "1:1 this is not JSON")]
    [InlineData("c.json", "{} {}", "1:4 this is not JSON")]
    [InlineData("c.yaml", "a: [1, 2\nb: 3", "1:6 this is not YAML")]
    [InlineData("c.yaml", "a: 1\n---\nb: 1", "2:1 a second document begins here")]
    [InlineData("c.yaml", "a: *nowhere", "1:4 ")]
    [InlineData("c.yaml", "a: !!int '1'", "1:4 a: tags are not understood")]
    [InlineData("c.yaml", "a: &a [*a]", "1:8 ")]
    [InlineData("c.json", "{\"a\": 1e999}", "1:7 a: the number 1e999 is too large")]
    public void Damage_IsSaid_WithItsPlace(string file, string text, string expected)
    {
        var e = Assert.Throws<ConfigSyntaxException>(() => Read(text, file));
        string said = $"{e.Problem.Place.Line}:{e.Problem.Place.Column} {e.Problem.Text}";
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
    }

    [Fact]
    public void YamlAliases_OfAliases_DoNotGrowWithoutEnd()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }
        Assert.Throws<ConfigSyntaxException>(() => Read(text.ToString(), "c.yaml"));
    }

    [Theory]
    [InlineData("c.json", '[')]
    [InlineData("c.yaml", '[')]
    public void Nesting_WithoutEnd_IsRefused(string file, char open) =>
        Assert.Throws<ConfigSyntaxException>(() => Read(new string(open, 5000), file));

    [Fact]
    public void Fuzz_DamagedFiles_EndInATreeOrAProblem()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        byte[][] starts = [System.Text.Encoding.UTF8.GetBytes(Json), System.Text.Encoding.UTF8.GetBytes(Yaml)];
        for (int round = 0; round < 4000; round++)
        {
            byte[] bytes = [.. starts[round & 1]];
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(
                    random.Next(3) == 0 ? random.Next(256) : "{}[]:,-&*!|>'\"#%@\n\t ~?"[random.Next(22)]
                );
            }
            try
            {
                ConfigFile.Parse(bytes.AsSpan(0, random.Next(bytes.Length + 1)), (round & 1) == 0 ? "c.json" : "c.yaml");
            }
            catch (ConfigSyntaxException e)
            {
                Assert.InRange(e.Problem.Place.Line, 1, 12);
            }
        }
    }

    private static ConfigNode Read(string text, string file) => ConfigFile.Parse(System.Text.Encoding.UTF8.GetBytes(text), file);

    private static IEnumerable<ConfigNode> All(ConfigNode node) =>
        new[] { node }.Concat(node.Items.Concat(node.Properties.Select(p => p.Value)).SelectMany(All));

    private static List<string> Entries(ConfigNode node) => [.. All(node).Select(n => n.Entry)];

    private static IEnumerable<string> Places(ConfigNode node) => All(node).Select(n => $"{n.Place.Line}:{n.Place.Column} {n.Entry}");
}
