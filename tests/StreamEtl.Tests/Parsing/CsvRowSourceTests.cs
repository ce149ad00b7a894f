using System.Diagnostics;
using System.Text;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>What the row source gives: names, values, and rejects that say exactly where.</summary>
public class CsvRowSourceTests
{
    private static readonly int[] Blocks = [1, 17, 40, 64, 4096];

    [Theory]
    [InlineData("a,b\n1,2\n3\n4,5\n", ErrorKind.FieldCount, 3, 8, "the record has 1 field, the header has 2")]
    [InlineData("a,b\n1,2\n\n3,4,5\n4,5\n", ErrorKind.FieldCount, 4, 9, "the record has 3 fields, the header has 2")]
    [InlineData("a,b\r\n1,2\r\n\"x\r\ny\",\r\n3\r\n4,5\r\n", ErrorKind.FieldCount, 5, 19, "the record has 1 field, the header has 2")]
    [InlineData("a,b\r1,2\r3\r4,5\r", ErrorKind.FieldCount, 3, 8, "the record has 1 field, the header has 2")]
    [InlineData("a,b\n1,2\n3,\"x\"y\n4,5\n", ErrorKind.TextAfterQuote, 3, 8, "text follows the closing quote at byte 12")]
    [InlineData(
        "a,b\n1,2\n3,5\" x\n4,5\n",
        ErrorKind.BareQuote,
        3,
        8,
        "the quote at byte 11 stands inside a field that does not begin with one"
    )]
    [InlineData("a,b\n1,2\n4,5\n3,\"x,y\n6,7\n", ErrorKind.UnterminatedQuote, 4, 12, "the quote at byte 14 is never closed")]
    [InlineData("a,b\n1,2\n3,é\u0001\n4,5\n", ErrorKind.InvalidEncoding, 3, 8, "byte 10 (0xC3) is not valid UTF-8")]
    public async Task Reject_MalformedRecord_SaysLineOffsetAndReason(string text, ErrorKind kind, long line, long offset, string reason)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        if (kind == ErrorKind.InvalidEncoding)
        {
            // The second byte of é becomes one that cannot follow the first.
            bytes[bytes.AsSpan().IndexOf((byte)0xC3) + 1] = (byte)'(';
        }
        foreach (int block in Blocks)
        {
            CsvPass pass = await CsvPass.RunAsync(bytes, CsvPass.Comma, block);
            Assert.Null(pass.Error);
            RejectedRecord reject = Assert.Single(pass.Rejects);
            Assert.Equal(new RejectedRecord(kind, "memory.csv", line, offset, null, reason), reject);
            Assert.Equal(["1|2", "4|5"], pass.Values.Where(v => v.Length == 3 && !v.Contains('x')));
            Assert.Equal(0, pass.OutstandingLeases);
        }
    }

    [Fact]
    public async Task Reject_ValueAgainstContract_NamesColumnAndValue()
    {
        byte[] text = "id,n\n1,5\n2,five\n3,\n,7\n"u8.ToArray();
        foreach (int block in Blocks)
        {
            CsvPass pass = await CsvPass.RunAsync(
                text,
                CsvPass.Comma,
                block,
                _ =>
                    [
                        new PlanColumn("id", 0, ColumnType.Text, ColumnMode.Convert, NullError: ErrorKind.NullKey),
                        new PlanColumn("n", 1, ColumnType.Integer, ColumnMode.Contract),
                    ]
            );
            Assert.Equal(["1|5", "3|~"], pass.Values);
            Assert.Equal(
                [
                    new RejectedRecord(ErrorKind.InvalidValue, "memory.csv", 3, 9, "n", "'five' is not an integer"),
                    new RejectedRecord(ErrorKind.NullKey, "memory.csv", 5, 19, "id", "the key column is empty"),
                ],
                pass.Rejects
            );
        }
    }

    /// <summary>Undoing doubled quotes moves bytes in place; the lines counted afterwards must be those of the file.</summary>
    [Fact]
    public async Task Reject_BehindDoubledQuotesAndLineEnds_SaysTheRightLine()
    {
        byte[] text = "a,n\n\"\"\"\n\n\",1\nb,x\n\"\"\"\n\n\",1\nc,y\n"u8.ToArray();
        foreach (int block in Blocks)
        {
            CsvPass pass = await CsvPass.RunAsync(text, CsvPass.Comma, block, TextAndNumber);
            Assert.Equal([(5L, 13L), (9L, 26L)], pass.Rejects.Select(r => (r.Line, r.ByteOffset)));
            Assert.Equal(["\"\n\n|1", "\"\n\n|1"], pass.Values);
        }
    }

    /// <summary>An escape between CR and LF makes two line endings of them; without it they would be one.</summary>
    [Fact]
    public async Task Reject_BehindEscapedLineEnds_SaysTheRightLine()
    {
        CsvReadOptions options = CsvPass.Comma with { Dialect = CsvPass.Comma.Dialect with { Escape = (byte)'\\' } };
        byte[] text = "a,n\n\"\r\\\n\\\"\r\\\n\",1\nb,x\n\"\r\\\n\r\",1\nc,y\n"u8.ToArray();
        foreach (int block in Blocks)
        {
            CsvPass pass = await CsvPass.RunAsync(text, options, block, TextAndNumber);
            Assert.Equal([(7L, 17L), (12L, 30L)], pass.Rejects.Select(r => (r.Line, r.ByteOffset)));
            Assert.Equal(["\r\n\"\r\n|1", "\r\n\r|1"], pass.Values);
        }
    }

    [Fact]
    public async Task Read_QuotesThatAreEscapedOrSwitchedOff_AreData()
    {
        CsvReadOptions escaped = CsvPass.Comma with { Dialect = CsvPass.Comma.Dialect with { Escape = (byte)'\\' } };
        CsvPass pass = await CsvPass.RunAsync("a,b\n5\\\" pipe,\"6\\\" pipe\"\n"u8.ToArray(), escaped, 4096);
        Assert.Equal(["5\\\" pipe|6\" pipe"], pass.Values);
        Assert.Empty(pass.Rejects);
        CsvReadOptions off = CsvPass.Comma with { Dialect = CsvPass.Comma.Dialect with { Quote = 0 } };
        CsvPass plain = await CsvPass.RunAsync("a,b\n5\" pipe,\"6\n"u8.ToArray(), off, 4096);
        Assert.Equal(["5\" pipe|\"6"], plain.Values);
        Assert.Empty(plain.Rejects);
    }

    /// <summary>A pass may want one source column twice: as key and as value, observed and converted.</summary>
    [Fact]
    public async Task Read_PlanColumnsOfOneQuotedColumn_SeeTheSameValue()
    {
        byte[] text = "a,n\n\"x\"\"\"\"y\"\"\",1\n\"\",2\nNA,3\n\"NA\",4\n"u8.ToArray();
        CsvReadOptions options = CsvPass.Comma with { NullTexts = ["NA"u8.ToArray()], QuotedEmptyIsString = true };
        CsvPass pass = await CsvPass.RunAsync(
            text,
            options,
            4096,
            _ =>
                [
                    new PlanColumn("a", 0, ColumnType.Text, ColumnMode.Convert),
                    new PlanColumn("n", 1, ColumnType.Text, ColumnMode.Convert),
                    new PlanColumn("again", 0, ColumnType.Text, ColumnMode.Convert),
                    new PlanColumn("third", 0, ColumnType.Text, ColumnMode.Contract),
                ]
        );
        Assert.Equal(["x\"\"y\"|1|x\"\"y\"|x\"\"y\"", "|2||", "~|3|~|~", "NA|4|NA|NA"], pass.Values);
    }

    [Fact]
    public async Task Reject_MissingColumnThatMayNotBeNull_RejectsEveryRow()
    {
        CsvPass pass = await CsvPass.RunAsync(
            "a\n1\n2\n"u8.ToArray(),
            CsvPass.Comma,
            4096,
            _ => [new PlanColumn("k", -1, ColumnType.Text, ColumnMode.Convert, NullError: ErrorKind.InvalidValue)]
        );
        Assert.Equal(0, pass.Rows);
        Assert.Equal([(2L, 2L), (3L, 4L)], pass.Rejects.Select(r => (r.Line, r.ByteOffset)));
        Assert.All(pass.Rejects, r => Assert.Equal("the schema declares the column not nullable, and it is empty", r.Reason));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Read_AnyLineEnding_GivesTheSameRows(string ending)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Join(ending, "a,b", "1,2", "", "3,\"\"", "5,6"));
        foreach (int block in Blocks)
        {
            CsvPass pass = await CsvPass.RunAsync(text, CsvPass.Comma, block);
            Assert.Equal(["1|2", "3|~", "5|6"], pass.Values);
            Assert.Empty(pass.Rejects);
        }
    }

    [Fact]
    public async Task Header_EmptyAndRepeatedNames_AreMadeUnique()
    {
        CsvPass pass = await CsvPass.RunAsync("a,,a,a_1,a\n1,2,3,4,5\n"u8.ToArray(), CsvPass.Comma, 4096);
        Assert.Equal(["a", "column1", "a_2", "a_1", "a_3"], pass.Names);
        Assert.Equal(["1|2|3|4|5"], pass.Values);
    }

    [Fact]
    public async Task Header_OffAndBlankLinesFirst_NumbersColumns()
    {
        CsvReadOptions options = CsvPass.Comma with { Dialect = CsvPass.Comma.Dialect with { HasHeader = false } };
        CsvPass pass = await CsvPass.RunAsync("\n\n1,2\n3\n"u8.ToArray(), options, 4096);
        Assert.Equal(["column0", "column1"], pass.Names);
        Assert.Equal(["1|2"], pass.Values);
        Assert.Equal((4L, 6L), (Assert.Single(pass.Rejects).Line, pass.Rejects[0].ByteOffset));
    }

    [Fact]
    public async Task Header_SkippedLines_CountInPlaces()
    {
        CsvReadOptions options = CsvPass.Comma with { Dialect = CsvPass.Comma.Dialect with { SkipLines = 2 } };
        CsvPass pass = await CsvPass.RunAsync("title\r\nof,it,all\r\na,b\r\n1\r\n3,4\r\n"u8.ToArray(), options, 4096);
        Assert.Equal(["a", "b"], pass.Names);
        Assert.Equal(["3|4"], pass.Values);
        Assert.Equal((4L, 23L), (Assert.Single(pass.Rejects).Line, pass.Rejects[0].ByteOffset));
    }

    [Fact]
    public async Task Header_Malformed_IsAnErrorThatNamesFileAndPlace()
    {
        CsvPass pass = await CsvPass.RunAsync("\na,\"b\"c\n1,2\n"u8.ToArray(), CsvPass.Comma, 4096);
        Assert.Equal(ErrorKind.TextAfterQuote, pass.Error?.Kind);
        Assert.Equal(new RecordPosition("memory.csv", 2, 1), pass.Error?.Position);
        Assert.Equal("text follows the closing quote at byte 5", pass.Error?.Reason);
    }

    [Fact]
    public async Task Header_OffAndFirstRecordMalformed_RejectsItLikeAnyOther()
    {
        CsvReadOptions options = CsvPass.Comma with { Dialect = CsvPass.Comma.Dialect with { HasHeader = false } };
        CsvPass pass = await CsvPass.RunAsync("\n\"1\"x,2,3\n3,4\n5,6\n"u8.ToArray(), options, 4096);
        Assert.Null(pass.Error);
        Assert.Equal(["3|4", "5|6"], pass.Values);
        Assert.Equal((2L, 1L), (Assert.Single(pass.Rejects).Line, pass.Rejects[0].ByteOffset));
    }

    [Fact]
    public async Task Open_Empty_IsAnErrorAndHeaderOnlyIsATable()
    {
        CsvPass empty = await CsvPass.RunAsync([], CsvPass.Comma, 4096);
        Assert.Equal(ErrorKind.EmptyInput, empty.Error?.Kind);
        Assert.Equal(0, empty.OutstandingLeases);
        foreach (string text in (string[])["a,b", "a,b\n", "a,b\r\n", "\"a\",\"b\""])
        {
            CsvPass pass = await CsvPass.RunAsync(System.Text.Encoding.UTF8.GetBytes(text), CsvPass.Comma, 4096);
            Assert.Null(pass.Error);
            Assert.Equal(["a", "b"], pass.Names);
            Assert.Equal(0, pass.Rows);
        }
    }

    [Fact]
    public async Task Read_RecordLargerThanBlock_IsReadWhole()
    {
        string large = new('x', 100_000);
        byte[] text = System.Text.Encoding.UTF8.GetBytes($"a,b\n1,2\n3,\"{large}\n{large}\"\n5,6\n");
        foreach (int block in (int[])[16, 1000, 65_536])
        {
            CsvPass pass = await CsvPass.RunAsync(text, CsvPass.Comma, block);
            Assert.Equal(["1|2", $"3|{large}\n{large}", "5|6"], pass.Values);
            Assert.Equal(0, pass.OutstandingLeases);
        }
    }

    /// <summary>A record of the limit passes and one byte more is an error, whatever the block size and wherever the record stands.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Read_RecordLargerThanLimit_IsAnErrorWithItsPlace(string ending)
    {
        foreach (int block in (int[])[16, 60, 64, 99, 100, 101, 102, 103, 4096])
        {
            CsvReadOptions options = CsvPass.Comma with { MaxRecordBytes = 100, MixesLineEnds = true };
            byte[] fits = System.Text.Encoding.UTF8.GetBytes($"a,b\n1,\"2\n\"\n\n{new string('x', 98)},y{ending}");
            CsvPass sound = await CsvPass.RunAsync(fits, options, block);
            Assert.Null(sound.Error);
            Assert.Equal(2, sound.Rows);
            byte[] text = System.Text.Encoding.UTF8.GetBytes($"a,b\n1,\"2\n\"\n\n{new string('x', 99)},y{ending}");
            CsvPass pass = await CsvPass.RunAsync(text, options, block);
            Assert.Equal(ErrorKind.RecordTooLong, pass.Error?.Kind);
            Assert.Equal(new RecordPosition("memory.csv", 5, 12), pass.Error?.Position);
            Assert.Equal(0, pass.OutstandingLeases);
        }
    }

    [Fact]
    public async Task Open_FirstRecordLargerThanLimit_IsAnErrorWithItsPlace()
    {
        CsvReadOptions options = CsvPass.Comma with { MaxRecordBytes = 100 };
        foreach (int length in (int[])[101, 3 << 20])
        {
            byte[] text = System.Text.Encoding.UTF8.GetBytes("\r\n\n" + new string('x', length));
            CsvPass pass = await CsvPass.RunAsync(text, options, 4096);
            Assert.Equal(ErrorKind.RecordTooLong, pass.Error?.Kind);
            Assert.Equal(new RecordPosition("memory.csv", 3, 3), pass.Error?.Position);
        }
    }

    /// <summary>The record that ends otherwise is set aside, alone, at every block size; the last one may end with nothing.</summary>
    [Theory]
    [InlineData("a,b\n1,2\r\n3,4\n", "3,4", 2, 4, "the record ends with CR LF, the first one with LF")]
    [InlineData("a,b\r\n1,2\r\n3,4\n5,6\r\n7,8", "1,2 5,6 7,8", 3, 10, "the record ends with LF, the first one with CR LF")]
    [InlineData("a,b\r\n\"1\n\",2\r\n3,4\r5,6\r\n", "1\n,2 5,6", 4, 13, "the record ends with CR, the first one with CR LF")]
    [InlineData("a,b\r1,2\r\r\n", "1,2", 3, 8, "the record ends with CR LF, the first one with CR")]
    public async Task Read_RecordThatEndsOtherwise_IsSetAside(string text, string rows, long line, long offset, string reason)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        for (int block = 1; block <= bytes.Length + 1; block++)
        {
            CsvPass same = await CsvPass.RunAsync(bytes, CsvPass.Comma, block);
            Assert.Equal(rows.Split(' '), same.Values.Select(v => v.Replace('|', ',')));
            RejectedRecord reject = Assert.Single(same.Rejects);
            Assert.Equal((ErrorKind.MixedLineEnds, line, offset, reason), (reject.Kind, reject.Line, reject.ByteOffset, reject.Reason));
            CsvPass any = await CsvPass.RunAsync(bytes, CsvPass.Comma with { MixesLineEnds = true }, block);
            Assert.Empty(any.Rejects);
            Assert.Equal(any.Values.Count, same.Values.Count + (text.EndsWith("\r\r\n", StringComparison.Ordinal) ? 0 : 1));
        }
    }

    [Fact]
    public async Task Open_MoreColumnsThanATableMayHave_IsAnError()
    {
        CsvPass pass = await CsvPass.RunAsync(System.Text.Encoding.UTF8.GetBytes(new string(',', 999_999) + "\n"), CsvPass.Comma, 4096);
        Assert.Equal((ErrorKind.Header, 1L, 0L), (pass.Error?.Kind, pass.Error?.Position?.Line, pass.Error?.Position?.ByteOffset));
    }

    [Fact]
    public async Task Read_TenThousandColumns_KeepsThemApart()
    {
        const int Width = 10_000;
        var text = new StringBuilder();
        text.AppendJoin(',', Enumerable.Range(0, Width).Select(i => $"c{i}")).Append('\n');
        text.AppendJoin(',', Enumerable.Range(0, Width)).Append('\n');
        text.AppendJoin(',', Enumerable.Range(0, Width - 1)).Append('\n');
        CsvPass pass = await CsvPass.RunAsync(System.Text.Encoding.UTF8.GetBytes(text.ToString()), CsvPass.Comma, 4096);
        Assert.Equal(Width, pass.Columns);
        Assert.Equal(string.Join('|', Enumerable.Range(0, Width)), Assert.Single(pass.Values));
        Assert.Equal("the record has 9999 fields, the header has 10000", Assert.Single(pass.Rejects).Reason);
        Assert.Equal(3, pass.Rejects[0].Line);
    }

    [Fact]
    public async Task Read_NullTextsAndQuotedEmpty_FollowTheOptions()
    {
        CsvReadOptions options = CsvPass.Comma with { NullTexts = ["NA"u8.ToArray()], QuotedEmptyIsString = true };
        CsvPass pass = await CsvPass.RunAsync("a,b\nNA,\"NA\"\n,\"\"\n"u8.ToArray(), options, 4096);
        Assert.Equal(["~|NA", "~|"], pass.Values);
        CsvPass plain = await CsvPass.RunAsync("a,b\nNA,\"NA\"\n,\"\"\n"u8.ToArray(), CsvPass.Comma, 4096);
        Assert.Equal(["NA|NA", "~|~"], plain.Values);
    }

    [Fact]
    public async Task Read_OneColumn_KeepsQuotedEmptyAndDropsBlankLines()
    {
        CsvPass pass = await CsvPass.RunAsync("a\n1\n\n\"\"\n2\n"u8.ToArray(), CsvPass.Comma, 4096);
        Assert.Equal(["1", "~", "2"], pass.Values);
        Assert.Empty(pass.Rejects);
    }

    /// <summary>Places are found in one pass: the time is in proportion to the input, not to its square.</summary>
    [Fact]
    public async Task Reject_EveryRow_TakesTimeInProportion()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("1,2,3\n", 300_000)));
        var clock = Stopwatch.StartNew();
        CsvPass pass = await CsvPass.RunAsync(text, CsvPass.Comma, 8 << 20);
        Assert.Equal(300_000, pass.Rejects.Count);
        Assert.Equal((300_001L, 4 + (299_999L * 6)), (pass.Rejects[^1].Line, pass.Rejects[^1].ByteOffset));
        // Counting each row's lines from the start of its block would read 270 GB.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Reject_ValuesInManyColumns_AreInInputOrderWithTheirLines()
    {
        const int Columns = 300;
        var text = new StringBuilder().AppendJoin(',', Enumerable.Range(0, Columns)).Append('\n');
        for (int r = 0; r < Columns; r++)
        {
            // The first bad column moves from right to left, so that columns find rows in the opposite order.
            text.AppendJoin(',', Enumerable.Range(0, Columns).Select(c => c + r < Columns - 1 ? "1" : "\"\n\"")).Append('\n');
        }
        CsvPass pass = await CsvPass.RunAsync(
            System.Text.Encoding.UTF8.GetBytes(text.ToString()),
            CsvPass.Comma,
            1 << 20,
            columns => [.. columns.Select((c, i) => new PlanColumn(c.Name, i, ColumnType.Integer, ColumnMode.Contract))]
        );
        Assert.Equal(0, pass.Rows);
        Assert.Equal(Enumerable.Range(0, Columns).Select(r => $"{Columns - 1 - r}"), pass.Rejects.Select(r => r.Column!));
        // Each row r spans 1 line and one for each of its r + 1 quoted line endings.
        Assert.Equal(Enumerable.Range(0, Columns).Select(r => 2L + r + (r * (r + 1L) / 2)), pass.Rejects.Select(r => r.Line));
    }

    [Fact]
    public async Task Warnings_TellOfHeaderPreambleAndEncoding()
    {
        CsvReadOptions found = new() { Dialect = new CsvDialectOptions { HasHeader = true } };
        byte[] preamble = "# made by x\n# on a day\nid,id,name\n1,2,ann\n3,4,bob\n5,6,cid\n"u8.ToArray();
        CsvPass pass = await CsvPass.RunAsync(preamble, found, 4096);
        Assert.Equal(
            [
                "skipped 2 preamble lines before the table; --skip-lines 0 keeps them",
                "the header names 'id' more than once: column 2 is called 'id_1'",
            ],
            pass.Warnings
        );
        CsvPass told = await CsvPass.RunAsync(preamble, found with { Dialect = found.Dialect with { SkipLines = 2 } }, 4096);
        Assert.Single(told.Warnings);
        // Beyond the sample that decides the encoding, the first byte that is not ASCII decides: damaged UTF-8 is warned about when it comes.
        string ascii = string.Concat(Enumerable.Repeat("1,ann\n", 400_000));
        byte[] damaged =
        [
            .. System.Text.Encoding.UTF8.GetBytes($"id,name\n{ascii}2,\u00e9\u00e8\u00e0\u00fc\u00f6\n"),
            .. "3,"u8,
            0xE9,
            (byte)'\n',
        ];
        CsvPass late = await CsvPass.RunAsync(damaged, found, 1 << 20);
        Assert.Contains("windows-1252", Assert.Single(late.Warnings), StringComparison.Ordinal);
    }

    private static IReadOnlyList<PlanColumn> TextAndNumber(IReadOnlyList<SourceColumn> columns) =>
        [
            new PlanColumn(columns[0].Name, 0, ColumnType.Text, ColumnMode.Convert),
            new PlanColumn(columns[1].Name, 1, ColumnType.Integer, ColumnMode.Contract),
        ];
}
