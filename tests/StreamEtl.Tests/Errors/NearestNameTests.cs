using StreamEtl.Errors;

namespace StreamEtl.Tests.Errors;

public sealed class NearestNameTests
{
    private static readonly string[] Columns = ["id", "name", "email", "updated_at", "uf"];

    [Theory]
    [InlineData("emial", "email")]
    [InlineData("EMAIL", "email")]
    [InlineData("update_at", "updated_at")]
    [InlineData("updatedat", "updated_at")]
    [InlineData("nme", "name")]
    [InlineData("di", "id")]
    [InlineData("phone", null)]
    [InlineData("", null)]
    public void Find_Misspelt_IsTheNearest(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Columns));

    [Fact]
    public void Find_SeveralAsNear_IsTheFirst() => Assert.Equal("col1", NearestName.Find("col9", ["col1", "col2", "col3"]));

    [Fact]
    public void Find_Exact_BeatsNear() => Assert.Equal("col2", NearestName.Find("col2", ["col1", "col2", "col3"]));

    [Fact]
    public void Hint_NothingNear_ListsWhatThereIs()
    {
        Assert.Equal("did you mean 'email'?", NearestName.Hint("emial", Columns, "columns"));
        Assert.Equal("columns: id, name, email, updated_at, uf", NearestName.Hint("telephone", Columns, "columns"));
        string[] many = [.. Enumerable.Range(100, 50).Select(i => $"c{i}")];
        Assert.Equal(
            "columns: c100, c101, c102, c103, c104, c105, c106, c107, c108, c109, c110, c111, …",
            NearestName.Hint("zzzzzz", many, "columns")
        );
        Assert.Null(NearestName.Hint("x", [], "columns"));
    }

    /// <summary>Against the definition, computed by plain recursion.</summary>
    [Fact]
    public void Find_RandomNames_AgreesWithTheDefinition()
    {
        var random = new Random(11);
        for (int run = 0; run < 3000; run++)
        {
            string left = Word(random);
            string right = Word(random);
            bool near = Distance(left, right) <= Math.Max(1, left.Length / 3);
            Assert.True(near == (NearestName.Find(left, [right]) is not null), $"'{left}' '{right}'");
        }
    }

    private static string Word(Random random) => new([.. random.GetItems("abAB".ToCharArray(), random.Next(7))]);

    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.IsEmpty || b.IsEmpty)
        {
            return a.Length + b.Length;
        }
        bool same = char.ToLowerInvariant(a[^1]) == char.ToLowerInvariant(b[^1]);
        int best = Math.Min(Distance(a[..^1], b), Distance(a, b[..^1])) + 1;
        best = Math.Min(best, Distance(a[..^1], b[..^1]) + (same ? 0 : 1));
        bool swapped =
            a.Length > 1
            && b.Length > 1
            && char.ToLowerInvariant(a[^1]) == char.ToLowerInvariant(b[^2])
            && char.ToLowerInvariant(a[^2]) == char.ToLowerInvariant(b[^1]);
        return swapped ? Math.Min(best, Distance(a[..^2], b[..^2]) + 1) : best;
    }
}
