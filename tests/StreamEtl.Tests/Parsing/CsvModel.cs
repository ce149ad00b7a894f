using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamEtl.Errors;
using StreamEtl.Framing;

namespace StreamEtl.Tests.Parsing;

/// <summary>
/// What a CSV text means, told a byte at a time without blocks, indexes or masks: the oracle for the row source. That it is right follows from the corpus, whose
/// hashes come from independent readers.
/// </summary>
internal sealed class CsvModel
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly List<Record> _blankLines;
    private readonly bool _mixesLineEnds;

    private CsvModel(List<Record> records, List<Record> blankLines, bool mixesLineEnds)
    {
        Records = records;
        _blankLines = blankLines;
        _mixesLineEnds = mixesLineEnds;
    }

    /// <summary>Every record but blank lines.</summary>
    public List<Record> Records { get; }

    /// <summary>SHA-256 of all records as in the corpus.</summary>
    public string Hash
    {
        get
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (Record record in Records)
            {
                foreach (byte[] value in record.Fields)
                {
                    digest.AppendData(System.Text.Encoding.ASCII.GetBytes(value.Length.ToString(CultureInfo.InvariantCulture) + ":"));
                    digest.AppendData(value);
                    digest.AppendData(","u8);
                }
                digest.AppendData("\n"u8);
            }
            return Convert.ToHexStringLower(digest.GetHashAndReset());
        }
    }

    /// <summary>The rows and rejects of the records from <paramref name="first"/> on, in the words of <see cref="CsvPass"/>.</summary>
    public (List<string> Values, List<(ErrorKind Kind, long Line, long Offset)> Rejects) Judge(int first, int width)
    {
        var values = new List<string>();
        var rejects = new List<(ErrorKind, long, long)>();
        int data = first == 0 ? -1 : Records[first - 1].Start;
        IEnumerable<Record> oddBlanks = _blankLines.Where(b => b.Start > data && Records.Count > 0 && EndsOddly(b));
        foreach (Record record in Records.Skip(first).Concat(oddBlanks).OrderBy(r => r.Start))
        {
            ErrorKind? fault = record.Fault;
            if (fault is null && (record.Fields.Count == width || _blankLines.Contains(record)) && EndsOddly(record))
            {
                fault = ErrorKind.MixedLineEnds;
            }
            fault ??= record.Fields.Count != width ? ErrorKind.FieldCount : null;
            if (fault is null && !record.IsText)
            {
                fault = ErrorKind.InvalidEncoding;
            }
            if (fault is { } kind)
            {
                rejects.Add((kind, record.Line, record.Start));
            }
            else
            {
                values.Add(string.Join('|', record.Fields.Select(f => f.Length == 0 ? "~" : System.Text.Encoding.UTF8.GetString(f))));
            }
        }
        return (values, rejects);
    }

    /// <summary>Reads a text; its records end as the first one does unless it <paramref name="mixesLineEnds"/>.</summary>
    public static CsvModel Read(byte[] input, CsvDialect dialect, bool mixesLineEnds = false)
    {
        var records = new List<Record>();
        var blankLines = new List<Record>();
        int position = 0;
        int line = 1;
        while (position < input.Length)
        {
            int start = position;
            var fields = new List<byte[]>();
            ErrorKind? fault = null;
            bool blank = true;
            while (true)
            {
                fields.Add(ReadField(input, dialect, ref position, ref fault, out bool bare));
                blank = blank && bare && fields is [{ Length: 0 }];
                if (position >= input.Length || input[position] != dialect.Delimiter)
                {
                    break;
                }
                blank = false;
                position++;
            }
            int end = position;
            position +=
                position >= input.Length ? 0
                : IsPair(input, position) ? 2
                : 1;
            string lineEnd = System.Text.Encoding.ASCII.GetString(input[end..position]);
            (blank ? blankLines : records).Add(new Record(start, line, fields, fault, IsUtf8(input.AsSpan(start, end - start)), lineEnd));
            line += LinesIn(input, start, position);
        }
        return new CsvModel(records, blankLines, mixesLineEnds);
    }

    private bool EndsOddly(Record record) =>
        !_mixesLineEnds && record.LineEnd != "" && Records[0].LineEnd != "" && record.LineEnd != Records[0].LineEnd;

    private static byte[] ReadField(byte[] input, CsvDialect dialect, ref int position, ref ErrorKind? fault, out bool bare)
    {
        var value = new List<byte>();
        bare = position >= input.Length || input[position] != dialect.Quote;
        if (!bare)
        {
            position++;
            while (true)
            {
                if (position >= input.Length)
                {
                    fault ??= ErrorKind.UnterminatedQuote;
                    return [.. value];
                }
                byte b = input[position++];
                bool more = position < input.Length;
                if (b == dialect.Escape && more)
                {
                    value.Add(input[position++]);
                }
                else if (b == dialect.Quote && more && input[position] == dialect.Quote)
                {
                    value.Add(input[position++]);
                }
                else if (b == dialect.Quote)
                {
                    break;
                }
                else
                {
                    value.Add(b);
                }
            }
        }
        while (position < input.Length && input[position] != dialect.Delimiter && input[position] is not ((byte)'\n' or (byte)'\r'))
        {
            byte b = input[position];
            if (!bare)
            {
                fault ??= ErrorKind.TextAfterQuote;
            }
            else if (b == dialect.Quote && input[position - 1] != dialect.Escape)
            {
                fault ??= ErrorKind.BareQuote;
            }
            value.Add(b);
            position++;
        }
        return [.. value];
    }

    private static bool IsPair(byte[] input, int position) =>
        input[position] == '\r' && position + 1 < input.Length && input[position + 1] == '\n';

    private static int LinesIn(byte[] input, int start, int end)
    {
        int lines = 0;
        for (int i = start; i < end; i++)
        {
            lines += input[i] == '\n' || (input[i] == '\r' && !IsPair(input, i)) ? 1 : 0;
        }
        return lines;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = Strict.GetCharCount(bytes);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A record: where it starts, its fields as if a fault were data, what is wrong with it, and what ends it.</summary>
    public sealed record Record(int Start, int Line, List<byte[]> Fields, ErrorKind? Fault, bool IsText, string LineEnd);
}
