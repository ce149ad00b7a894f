namespace StreamEtl.Cli.Arguments;

/// <summary>What can be told from a command line before its verb's options are known.</summary>
internal static class WordScan
{
    /// <summary>True when help is asked for, anywhere before <c>--</c>.</summary>
    public static bool AsksForHelp(ReadOnlySpan<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (argument == "--")
            {
                return false;
            }
            if (argument is "-h" or "--help")
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>How many options stand before the verb. Only flags may: an option with a value there would hide where the verb is.</summary>
    public static int LeadingFlags(ReadOnlySpan<string> arguments)
    {
        int count = 0;
        while (count < arguments.Length && arguments[count].Length > 1 && arguments[count][0] == '-')
        {
            count++;
        }
        return count;
    }
}
