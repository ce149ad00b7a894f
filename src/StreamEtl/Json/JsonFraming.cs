namespace StreamEtl.Json;

/// <summary>
/// Cuts a JSON input into records: lines, or the elements of one top-level array. A line ending cannot stand inside a JSON string, so lines need no parser; elements are
/// found by counting brackets outside strings.
/// </summary>
internal sealed class JsonFraming(bool isArray)
{
    /// <summary>Finds the whole records of a block; returns the bytes they take. With <paramref name="isLast"/> what is left at the end is a record too.</summary>
    public int Scan(ReadOnlySpan<byte> block, bool isLast, JsonRecords records, out int lines) =>
        isArray ? Elements(block, isLast, records, out lines) : Lines(block, isLast, records, out lines);

    private static int Lines(ReadOnlySpan<byte> block, bool isLast, JsonRecords records, out int lines)
    {
        int start = 0;
        lines = 0;
        while (start < block.Length)
        {
            int end = block[start..].IndexOf((byte)'\n');
            if (end < 0 && !isLast)
            {
                break;
            }
            int length = end < 0 ? block.Length - start : end;
            if (block.Slice(start, length).ContainsAnyExcept(" \t\r"u8))
            {
                records.Add(new JsonRecord(start, length, lines));
            }
            lines += end < 0 ? 0 : 1;
            start += length + (end < 0 ? 0 : 1);
        }
        return start;
    }

    private static int Elements(ReadOnlySpan<byte> block, bool isLast, JsonRecords records, out int lines)
    {
        int depth = 0;
        int start = -1;
        int startLine = 0;
        int consumed = 0;
        int line = 0;
        lines = 0;
        bool inString = false;
        for (int i = 0; i < block.Length; i++)
        {
            byte b = block[i];
            if (b == '\n')
            {
                line++;
            }
            if (inString)
            {
                if (b == '\\')
                {
                    i++;
                }
                inString = b != '"';
                continue;
            }
            bool separator = depth == 0 && b is (byte)',' or (byte)'[' or (byte)']' && start < 0;
            if (depth == 0 && start >= 0 && (b == ',' || b == ']'))
            {
                records.Add(new JsonRecord(start, i - start, startLine));
                start = -1;
                separator = true;
            }
            if (separator || (start < 0 && b <= ' '))
            {
                consumed = i + 1;
                lines = line;
                continue;
            }
            if (start < 0)
            {
                start = i;
                startLine = line;
            }
            inString = b == '"';
            depth +=
                b is (byte)'{' or (byte)'[' ? 1
                : b is (byte)'}' or (byte)']' ? -1
                : 0;
        }
        if (isLast)
        {
            if (start >= 0)
            {
                records.Add(new JsonRecord(start, block.Length - start, startLine));
            }
            lines = line;
            return block.Length;
        }
        return consumed;
    }
}
