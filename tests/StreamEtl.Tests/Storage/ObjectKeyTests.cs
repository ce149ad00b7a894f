using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

public sealed class ObjectKeyTests
{
    public static TheoryData<string> Bad =>
        [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/..",
            "../a",
            "a/../b",
            "./a",
            "a/.",
            "a\\b",
            "..\\a",
            "a\0b",
            "a\nb",
            "a\u007f",
            "a\u009bb",
            ".x.tmp",
            "a/.x.0123.tmp",
            ".x.TMP",
            new string('x', 231),
            string.Join('/', Enumerable.Repeat(new string('x', 200), 6)),
        ];

    [Theory]
    [MemberData(nameof(Bad))]
    public void Key_ThatIsNone_IsRefusedWithoutControlCharacters(string key)
    {
        Assert.False(ObjectKey.IsValid(key));
        var error = Assert.Throws<StreamEtlException>(() => ObjectKey.Check(key));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    /// <summary>Not among the others: the test runner would carry it over as U+FFFD.</summary>
    [Fact]
    public void Key_WithHalfASurrogatePair_IsRefused()
    {
        Assert.False(ObjectKey.IsValid("a\ud800b"));
        Assert.False(ObjectKey.IsValid("a\udc00"));
        Assert.True(ObjectKey.IsValid("a\ud83d\ude00"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c.parquet")]
    [InlineData("anomesdia=20240119/part-0.parquet")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("x.tmp")]
    [InlineData("año/数据 1")]
    public void Key_ThatIsOne_IsTaken(string key) => ObjectKey.Check(key);

    [Theory]
    [InlineData("", true)]
    [InlineData("a/", true)]
    [InlineData("a/.", true)]
    [InlineData("a/..", true)]
    [InlineData("a/.x.tmp", true)]
    [InlineData("/", false)]
    [InlineData("../", false)]
    [InlineData("a//", false)]
    [InlineData("a/../b", false)]
    [InlineData("a\n", false)]
    public void Prefix_TakenWhenAKeyCanStartWithIt(string prefix, bool good)
    {
        Exception? error = Record.Exception(() => ObjectKey.CheckPrefix(prefix));
        Assert.Equal(good, error is null);
        Assert.True(good || error is StreamEtlException { Kind: ErrorKind.Usage });
    }

    [Fact]
    public void Order_OfRandomKeys_IsThatOfTheirBytes()
    {
        var random = new Random(3);
        string[] letters = ["a", "/", "-", "\uD7FF", "\uE000", "\uFFFD", "\U00010000", "\U0010FFFF", "é"];
        for (int i = 0; i < 20_000; i++)
        {
            string left = Next();
            string right = Next();
            int expected = System.Text.Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right));
            Assert.Equal(Math.Sign(expected), Math.Sign(ObjectKey.Compare(left, right)));
        }

        string Next() => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => letters[random.Next(letters.Length)]));
    }
}
