using System.Text;
using StreamEtl.Framing;
using TextEncoding = System.Text.Encoding;

namespace StreamEtl.Tests.Framing;

public sealed class DialectSnifferTests
{
    [Theory]
    [InlineData("a,b,c\n1,2,3\n", ',')]
    [InlineData("a;b;c\n1;2;3\n", ';')]
    [InlineData("a\tb\tc\n1\t2\t3\n", '\t')]
    [InlineData("a|b|c\n1|2|3\n", '|')]
    [InlineData("a|b\n1,5|2,5\n3,5|4,5\n", '|')]
    [InlineData("id;valor;outro\n1;1,5;2,5\n2;3,5;4,5\n", ';')]
    [InlineData("1,5;2,5;3,5\n4,5;5,5;6,5\n", ';')]
    [InlineData("name,tags\na,x;y;z\nb,p;q;r\n", ',')]
    [InlineData("id,\"text;with;these\"\n1,\"a;b;c\"\n2,\"d;e;f\"\n", ',')]
    [InlineData("word\nHello, you\nno comma\nnone\nmore\n", ',')]
    [InlineData("", ',')]
    [InlineData("\n\n", ',')]
    [InlineData("single\n1\n2\n", ',')]
    public void Sniff_Delimiter_IsFound(string text, char delimiter) => Assert.Equal((byte)delimiter, Sniff(text).Delimiter);

    [Theory]
    [InlineData("a,b\n1,x\n", '"', '\0')]
    [InlineData("a,b\n1,\"x, y\"\n2,\"he said \"\"no\"\"\"\n", '"', '\0')]
    [InlineData("a,b\n1,\"x \\\"y\\\", z\"\n2,\"q\"\n", '"', '\\')]
    [InlineData("a,b\n1,\"C:\\\"\n2,\"D:\\\"\n", '"', '\0')]
    [InlineData("'a','b'\n'1','x, y'\n'2','z'\n", '\'', '\0')]
    [InlineData("a,b\n1,'tis\n2,rock 'n' roll\n", '"', '\0')]
    [InlineData("size\tname\n\"5 inch\tx\n\"6 inch\ty\n\"7 inch\tz\n\"8 inch\tz\n", '\0', '\0')]
    [InlineData("a,b\n1,\"x\"y\n2,\"x\"y\n3,\"x\"y\n", '"', '\0')]
    [InlineData("a,b\n1,\"x\n2,y\n3,z\n", '"', '\0')]
    public void Sniff_Quoting_IsFound(string text, char quote, char escape)
    {
        CsvDialect dialect = Sniff(text);
        Assert.Equal(quote == 0 ? null : (byte)quote, dialect.Quote);
        Assert.Equal(escape == 0 ? null : (byte)escape, dialect.Escape);
    }

    [Theory]
    [InlineData("id,name\n1,a\n2,b\n", true)]
    [InlineData("1,a\n2,b\n", false)]
    [InlineData("a,b\nc,d\n", true)]
    [InlineData("id,name\n", true)]
    [InlineData("1,2\n", false)]
    [InlineData("", true)]
    [InlineData("country,2019,2020\nBrazil,12.5,13.5\nChile,3.5,4.5\n", true)]
    [InlineData("ana,2001\nbia,2002\n", false)]
    [InlineData("2024-01-01,a\n2024-01-02,b\n", false)]
    [InlineData("id,flag1,100\nx,true,false\ny,false,true\n", true)]
    [InlineData("1,NA,3\n2,5,6\n", false)]
    [InlineData(",a,b\n0,1,2\n1,3,4\n", true)]
    [InlineData("a\n1\n2\n", true)]
    public void Sniff_Header_IsFound(string text, bool header) => Assert.Equal(header, Sniff(text).HasHeader);

    [Theory]
    [InlineData("Report of January\nid,name,value\n1,a,1.5\n2,b,2.5\n", 1, true)]
    [InlineData("Report\n\n\nid,name,value\n1,a,1.5\n2,b,2.5\n", 3, true)]
    [InlineData("# made by x\n# on Monday\nid,name\n1,a\n2,b\n", 2, true)]
    [InlineData("#id,name\n1,a\n2,b\n", 0, true)]
    [InlineData("a\n1,2,3\n4,5,6\n", 0, true)]
    [InlineData("a,b\n1,2,3\n4,5,6\n7,8,9\n", 0, true)]
    [InlineData("Report\nid,name,value\n1,a,1.5\n2,b\n3,c\n", 0, true)]
    public void Sniff_Preamble_IsSkippedOnlyWhenATableFollows(string text, int lines, bool header)
    {
        CsvDialect dialect = Sniff(text);
        Assert.Equal(lines, dialect.SkipLines);
        Assert.Equal(header, dialect.HasHeader);
    }

    [Theory]
    [InlineData("id;v\n1;1234,56\n", ',')]
    [InlineData("id;v\n1;0,5\n2;1.234,50\n", ',')]
    [InlineData("id;v\n1;1,234\n2;5,678\n", '.')]
    [InlineData("id;v\n1;1,5\n2;2.5\n", '.')]
    [InlineData("id;v\n1;2.5\n", '.')]
    [InlineData("id;v\n1;x\n", '.')]
    [InlineData("id\tv\n1\t1,5\n", ',')]
    [InlineData("id,v\n1,\"1,5\"\n", '.')]
    [InlineData("id;v\n1;01.02.2024\n2;1,25\n", ',')]
    public void Sniff_DecimalSeparator_NeedsProof(string text, char separator) =>
        Assert.Equal(separator, Sniff(text).Format.DecimalSeparator);

    [Fact]
    public void Sniff_WhatTheUserSaid_IsNeverOverruled()
    {
        var given = new CsvDialectOptions
        {
            Delimiter = (byte)':',
            Quote = 0,
            HasHeader = false,
            SkipLines = 1,
            DecimalSeparator = ',',
            DateFormat = "dd/MM/yyyy",
        };
        CsvDialect dialect = DialectSniffer.Sniff("title\na,b;c\n1,2;3\n"u8, true, given);
        Assert.Equal(new CsvDialect((byte)':', null, null, false, 1, new(',', "dd/MM/yyyy")), dialect);
    }

    [Fact]
    public void Sniff_RecordCutByTheSample_DoesNotCount()
    {
        CsvDialect dialect = DialectSniffer.Sniff("a;b;c\n1;2;3\n4;5,"u8, false, new());
        Assert.Equal((byte)';', dialect.Delimiter);
        Assert.Equal('.', dialect.Format.DecimalSeparator);
    }

    /// <summary>Public dumps of Brazil: semicolon, decimal comma, day-first dates, identifiers with leading zeros, quoted or not.</summary>
    [Fact]
    public void Sniff_BrazilianDumps_AreFound()
    {
        var random = new Random(55);
        for (int run = 0; run < 200; run++)
        {
            (string text, bool header) = BrazilianDump(random);
            CsvDialect dialect = Sniff(text);
            Assert.Equal(new CsvDialect((byte)';', (byte)'"', null, header, 0, new(',')), dialect);
        }
    }

    [Fact]
    public void Sniff_RandomBytes_NeverFails()
    {
        var random = new Random(99);
        byte[] alphabet = [.. ",;\t|\"'\\\r\n#a1. "u8];
        for (int run = 0; run < 3000; run++)
        {
            var sample = new byte[random.Next(200)];
            for (int i = 0; i < sample.Length; i++)
            {
                sample[i] = random.Next(20) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }
            CsvDialect dialect = DialectSniffer.Sniff(sample, random.Next(2) == 0, new());
            Assert.Contains((char)dialect.Delimiter, ",;\t|");
            Assert.InRange(dialect.SkipLines, 0, sample.Count(b => b is (byte)'\n' or (byte)'\r'));
        }
    }

    private static CsvDialect Sniff(string text) => DialectSniffer.Sniff(TextEncoding.UTF8.GetBytes(text), true, new());

    private static (string Text, bool Header) BrazilianDump(Random random)
    {
        bool quoted = random.Next(2) == 0;
        bool header = random.Next(4) > 0;
        string end = random.Next(2) == 0 ? "\r\n" : "\n";
        string[] names = ["MUNICÍPIO, SP", "São Paulo", "Santa Bárbara d'Oeste", "AÇÃO; CIDADÃ", "Rio de Janeiro"];
        string Q(string value) => quoted || value.Contains(';', StringComparison.Ordinal) ? $"\"{value}\"" : value;
        var text = new StringBuilder();
        if (header)
        {
            text.AppendJoin(';', new[] { "CPF", "NOME", "DT_NASCIMENTO", "VALOR", "CEP", "VAZIO" }.Select(Q)).Append(end);
        }
        int rows = random.Next(3, 300);
        for (int i = 0; i < rows; i++)
        {
            string cpf = random.NextInt64(100_000_000_000).ToString("00000000000");
            string date = $"{random.Next(1, 29):00}/{random.Next(1, 13):00}/{random.Next(1930, 2020)}";
            string value = $"{random.Next(100_000)},{random.Next(100):00}";
            string cep = $"{random.Next(100_000):00000}-{random.Next(1000):000}";
            text.AppendJoin(';', new[] { cpf, names[random.Next(names.Length)], date, value, cep, "" }.Select(Q)).Append(end);
        }
        return (text.ToString(), header);
    }
}
