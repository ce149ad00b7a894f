namespace StreamEtl.Parsing;

/// <summary>Counts physical lines: LF, CR LF and lone CR end one each.</summary>
internal static class LineCounter
{
    /// <summary>Line endings in the span, inside quotes or not.</summary>
    public static int Count(ReadOnlySpan<byte> bytes)
    {
        int lines = bytes.Count((byte)'\n');
        if (bytes.Contains((byte)'\r'))
        {
            lines += bytes.Count((byte)'\r') - bytes.Count("\r\n"u8);
        }
        return lines;
    }
}
