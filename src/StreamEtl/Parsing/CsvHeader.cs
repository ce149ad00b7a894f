using System.Globalization;
using StreamEtl.Framing;
using StreamEtl.Sources;

namespace StreamEtl.Parsing;

/// <summary>Names columns: from the header record, made unique, or by position.</summary>
internal static class CsvHeader
{
    /// <summary>
    /// The columns of a header. An empty name becomes <c>columnN</c> (0-based), a repeated one gets <c>_1</c>, <c>_2</c>, …; each change is a warning.
    /// </summary>
    public static List<SourceColumn> Read(IReadOnlyList<string> names, List<string> warnings)
    {
        var taken = new HashSet<string>(names);
        var seen = new HashSet<string>();
        var columns = new List<SourceColumn>(names.Count);
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i];
            if (name.Length == 0)
            {
                name = Unique($"column{i.ToString(CultureInfo.InvariantCulture)}", taken);
                warnings.Add($"header field {i + 1} is empty: the column is called '{name}'");
            }
            else if (!seen.Add(name))
            {
                name = Unique(name, taken);
                warnings.Add($"the header names '{names[i]}' more than once: column {i + 1} is called '{name}'");
            }
            columns.Add(new SourceColumn(name, null) { IsRenamed = name != names[i] && names[i].Length > 0 });
        }
        return columns;
    }

    /// <summary>Columns of an input without a header.</summary>
    public static List<SourceColumn> Number(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SourceColumn($"column{i.ToString(CultureInfo.InvariantCulture)}", null))];

    /// <summary>The fields of a record as text.</summary>
    public static List<string> Fields(ReadOnlySpan<byte> frame, FieldIndex index, int record, CsvDialect dialect)
    {
        var fields = new List<string>();
        int first = record == 0 ? 0 : index.RecordEnds[record - 1] + 1;
        int start = RecordStart(frame, index, record);
        for (int f = first; f <= index.RecordEnds[record]; f++)
        {
            byte[] copy = frame[start..index.Ends[f]].ToArray();
            (int from, int length) = FieldText.Unquote(copy, 0, copy.Length, dialect);
            fields.Add(System.Text.Encoding.UTF8.GetString(copy, from, length));
            start = index.Ends[f] + 1;
        }
        return fields;
    }

    /// <summary>Position of a record's first byte; of the one after the last, where that ends.</summary>
    public static int RecordStart(ReadOnlySpan<byte> frame, FieldIndex index, int record)
    {
        if (record == 0)
        {
            return 0;
        }
        int end = index.Ends[index.RecordEnds[record - 1]];
        return end + LineEnds.At(frame, end).Length();
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        string candidate = name;
        for (int n = 1; !taken.Add(candidate); n++)
        {
            candidate = $"{name}_{n.ToString(CultureInfo.InvariantCulture)}";
        }
        return candidate;
    }
}
