using System.Text;
using StreamEtl.Diagnostics;

namespace StreamEtl.Tests.Diagnostics;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("São Paulo 漢字🧪", "São Paulo 漢字🧪")]
    [InlineData("\u001b[31mred\u001b[0m", "\\x1b[31mred\\x1b[0m")]
    [InlineData("a\0b\tc\r\n", "a\\x00b\\x09c\\x0d\\x0a")]
    [InlineData("\u009b31m\u007f", "\\x9b31m\\x7f")]
    [InlineData("\u202egnp.exe", "\\u202egnp.exe")]
    [InlineData("", "")]
    public void Escape_Text_ShowsControls(string text, string expected) => Assert.Equal(expected, TerminalText.Escape(text));

    [Fact]
    public void Escape_LoneSurrogates_AreShown() => Assert.Equal("a\\ud800b\\udc00", TerminalText.Escape("a\ud800b\udc00"));

    [Fact]
    public void Escape_KeepLines_KeepsOnlyLineFeeds() => Assert.Equal("a\nb\\x0d", TerminalText.Escape("a\nb\r", keepLines: true));

    [Fact]
    public void Escape_AnyText_LeavesNoControlCharacter()
    {
        var random = new Random(21);
        for (int run = 0; run < 2000; run++)
        {
            var text = new StringBuilder();
            for (int i = random.Next(40); i > 0; i--)
            {
                text.Append((char)(random.Next(3) == 0 ? random.Next(0x10000) : random.Next(0x100)));
            }
            string safe = TerminalText.Escape(text.ToString());
            Assert.DoesNotContain(
                safe.EnumerateRunes(),
                r => Rune.IsControl(r) || r == Rune.ReplacementChar && !text.ToString().Contains('\uFFFD')
            );
            Assert.Equal(safe, TerminalText.Escape(safe));
        }
    }
}
