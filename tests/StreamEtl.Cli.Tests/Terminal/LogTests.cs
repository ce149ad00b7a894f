using System.Text.Json;
using System.Text.RegularExpressions;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.Terminal;

public sealed partial class LogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void Lines_AreTimeComponentLevelMessage()
    {
        Messages messages = New(
            new LogRules
            {
                Form = LogForm.Lines,
                Level = LogLevel.Debug,
                Component = "streametl.run",
            }
        );
        messages.Log(LogLevel.Debug, "d");
        messages.Say("i");
        messages.For("other").Warn("two\nlines \e[31m");
        messages.Error(new ErrorText(Errors.ErrorKind.Io, "e", "a.csv:3", "mend"));
        messages.Error(new ErrorText(Errors.ErrorKind.Internal, "c") { IsFault = true });
        string[] lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, l => Assert.Matches(Line(), l));
        Assert.Equal(
            [
                "streametl.run - DEBUG - d",
                "streametl.run - INFO - i",
                @"other - WARNING - two\x0alines \x1b[31m",
                "streametl.run - ERROR - e [error.type: Io] [error.position: a.csv:3] [error.hint: mend]",
                "streametl.run - CRITICAL - c [error.type: Internal]",
            ],
            lines.Select(l => l[(l.IndexOf(" - ", StringComparison.Ordinal) + 3)..])
        );
    }

    [Theory]
    [InlineData("Debug", 5)]
    [InlineData("Info", 4)]
    [InlineData("Warn", 3)]
    [InlineData("Error", 2)]
    [InlineData("Critical", 1)]
    public void Level_LeavesOutWhatIsBelow_OnBothWays(string level, int expected)
    {
        using (LogFile file = new(_folder["log"], json: false))
        {
            Messages messages = New(
                new LogRules
                {
                    Form = LogForm.Lines,
                    Level = Enum.Parse<LogLevel>(level),
                    File = file,
                }
            );
            messages.Log(LogLevel.Debug, "d");
            messages.Say("i");
            messages.Warn("w");
            messages.Error(new ErrorText(Errors.ErrorKind.Io, "e"));
            messages.Error(new ErrorText(Errors.ErrorKind.Internal, "c") { IsFault = true });
        }
        Assert.Equal(expected, _error.ToString().Count(c => c == '\n'));
        Assert.Equal(_error.ToString(), _folder.Read("log"));
    }

    [Fact]
    public void Json_SeveritiesAre_ThoseOfOpenTelemetry()
    {
        Messages messages = New(
            new LogRules
            {
                Form = LogForm.Json,
                Verbose = true,
                Level = LogLevel.Debug,
                Component = "c",
            }
        );
        messages.Log(LogLevel.Debug, "d");
        messages.Warn("two\nlines");
        messages.Error(new ErrorText(Errors.ErrorKind.Internal, "c") { IsFault = true });
        JsonElement[] lines = [.. _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];
        Assert.Equal(
            ["DEBUG 5", "WARN 13", "FATAL 21"],
            lines.Select(l => $"{l.GetProperty("SeverityText")} {l.GetProperty("SeverityNumber")}")
        );
        Assert.Equal("two\nlines", lines[1].GetProperty("Body").GetString());
        Assert.Equal("c", lines[1].GetProperty("InstrumentationScope").GetProperty("Name").GetString());
    }

    [Fact]
    public void File_IsAppendedTo_AlsoWhenPeopleSeeOtherWords()
    {
        _folder.Write("log", "before\n");
        using (LogFile file = new(_folder["log"], json: false))
        {
            New(new LogRules { File = file, Quiet = true }).Warn("look");
        }
        Assert.Equal("", _error.ToString());
        Assert.Matches(@"^before\n\S+Z - streametl\.cli - WARNING - look\n$", _folder.Read("log"));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _error.Dispose();
    }

    private Messages New(LogRules rules) => new(() => _error, new Lazy<Style>(new Style(enabled: false)), rules);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z - [a-z.]+ - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - .+$")]
    private static partial Regex Line();
}
