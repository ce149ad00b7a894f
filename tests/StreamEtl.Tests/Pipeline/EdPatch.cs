using System.Globalization;

namespace StreamEtl.Tests.Pipeline;

/// <summary>Applies the output of <c>diff -e</c>: commands from the last line to the first, <c>N[,M]a|c|d</c>, text ended by a lone dot.</summary>
internal static class EdPatch
{
    /// <summary>Lines are byte strings in Latin-1, so that nothing is interpreted; the last may lack its newline.</summary>
    public static List<string> Apply(List<string> lines, IReadOnlyList<string> script)
    {
        for (int i = 0; i < script.Count; i++)
        {
            string command = script[i];
            if (command is "s/.//" || command.Length == 0)
            {
                // diff -e writes a text line "." as ".." and undoes it by this command on the current line.
                throw new NotSupportedException("the corpus has no line that is a lone dot");
            }
            string[] range = command[..^1].Split(',');
            int from = int.Parse(range[0], CultureInfo.InvariantCulture);
            int to = range.Length > 1 ? int.Parse(range[1], CultureInfo.InvariantCulture) : from;
            char verb = command[^1];
            if (verb is 'c' or 'd')
            {
                lines.RemoveRange(from - 1, to - from + 1);
            }
            if (verb is 'a' or 'c')
            {
                int end = i + 1;
                while (script[end] != ".")
                {
                    end++;
                }
                lines.InsertRange(verb == 'a' ? from : from - 1, script.Skip(i + 1).Take(end - i - 1));
                i = end;
            }
        }
        return lines;
    }
}
