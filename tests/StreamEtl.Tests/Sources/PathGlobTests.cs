using StreamEtl.Errors;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Sources;

public sealed class PathGlobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-glob-").FullName;

    public PathGlobTests()
    {
        foreach (
            string name in new[]
            {
                "a.csv",
                "B.csv",
                "a10.csv",
                "a2.csv",
                "[x].csv",
                ".hidden.csv",
                "note.txt",
                "y=1/a.csv",
                "y=1/m=2/b.csv",
                "y=2/c.csv",
                ".git/d.csv",
            }
        )
        {
            string path = Path.Join(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("*.csv", "B.csv a.csv a10.csv a2.csv [x].csv")]
    [InlineData("a?.csv", "a2.csv")]
    [InlineData("a*", "a.csv a10.csv a2.csv")]
    [InlineData("a[0-9].csv", "a2.csv")]
    [InlineData("[!a]*.csv", "B.csv [x].csv")]
    [InlineData("[x].csv", "[x].csv")]
    [InlineData("[[]x].csv", "[x].csv")]
    [InlineData(".h*", ".hidden.csv")]
    [InlineData("y=*/*.csv", "y=1/a.csv y=2/c.csv")]
    [InlineData("**/*.csv", "B.csv a.csv a10.csv a2.csv [x].csv y=1/a.csv y=1/m=2/b.csv y=2/c.csv")]
    [InlineData("y=1/**", "y=1/a.csv y=1/m=2/b.csv")]
    [InlineData("**/m=2/*", "y=1/m=2/b.csv")]
    [InlineData("y=?/../note.*", "note.txt")]
    public void Expand_Pattern_GivesSortedFiles(string pattern, string expected)
    {
        IReadOnlyList<string> found = PathGlob.Expand(_folder + "/" + pattern);
        Assert.Equal(
            expected.Split(' ').Order(StringComparer.Ordinal),
            found.Select(f => Path.GetRelativePath(_folder, f).Replace('\\', '/')).Distinct()
        );
        Assert.Equal(found.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Expand_StandardInputAndFolders_Pass()
    {
        Assert.Equal(["-"], PathGlob.Expand("-"));
        Assert.Equal([_folder], PathGlob.Expand(_folder));
    }

    [Theory]
    [InlineData("*.parquet")]
    [InlineData("none/*.csv")]
    [InlineData("b.cvs")]
    [InlineData("none/b.csv")]
    public void Expand_NothingThere_IsInputNotFound(string pattern)
    {
        StreamEtlException e = Assert.Throws<StreamEtlException>(() => PathGlob.Expand(Path.Join(_folder, pattern)));
        Assert.Equal(ErrorKind.InputNotFound, e.Kind);
        Assert.NotNull(e.Hint);
    }

    [Theory]
    [InlineData("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("a[", "a[", true)]
    [InlineData("a[]b]", "a]", true)]
    [InlineData("[!a-c]", "d", true)]
    [InlineData("[!a-c]", "b", false)]
    [InlineData("[a-]", "-", true)]
    public void Matches_EdgeCases_AreAsInShells(string pattern, string name, bool expected) =>
        Assert.Equal(expected, PathGlob.Matches(pattern, name));
}
