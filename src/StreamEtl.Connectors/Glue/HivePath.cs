using System.Globalization;
using System.Text;

namespace StreamEtl.Connectors.Glue;

/// <summary>
/// Folders of partitions as Hive names them: <c>name=value/</c>, with the characters that Hive escapes (apache/hive, FileUtils.java; and <c>}</c>, as Flink does) as <c>%</c> and two upper-case
/// hexadecimal digits.
/// </summary>
public static class HivePath
{
    /// <summary>The folder of a value that is NULL or empty.</summary>
    public const string Default = "__HIVE_DEFAULT_PARTITION__";

    private const string Special = "\"#%'*/:=?\\\u007F{[]^}";

    /// <summary>The folder of a partition, with a slash at its end. Names are in lower case, as Hive has them.</summary>
    public static string Of(IEnumerable<(string Name, string? Value)> partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var path = new StringBuilder();
        foreach ((string name, string? value) in partition)
        {
            Append(path, name.ToLowerInvariant());
            path.Append('=');
            if (string.IsNullOrEmpty(value))
            {
                path.Append(Default);
            }
            else if (value == Default)
            {
                // A text that looks like the sign for NULL must not be read as one.
                path.Append("%5F").Append(value.AsSpan(1));
            }
            else
            {
                Append(path, value);
            }
            path.Append('/');
        }
        return path.ToString();
    }

    private static void Append(StringBuilder path, string text)
    {
        foreach (char c in text)
        {
            if (c < ' ' || Special.Contains(c, StringComparison.Ordinal))
            {
                path.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            }
            else
            {
                path.Append(c);
            }
        }
    }
}
