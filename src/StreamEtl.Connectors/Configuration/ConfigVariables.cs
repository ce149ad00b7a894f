using System.Text;

namespace StreamEtl.Connectors.Configuration;

/// <summary>
/// Puts environment variables into texts: <c>${NAME}</c> is the variable's value, <c>$${NAME}</c> is the text <c>${NAME}</c> itself. Values are not looked
/// into again, and every one is made known to the mask.
/// </summary>
internal sealed class ConfigVariables(Func<string, string?> variable, SecretMask mask, List<ConfigProblem> problems)
{
    /// <summary>Replaces them in a tree, in place.</summary>
    public void Replace(ConfigNode node)
    {
        if (node.Kind == ConfigNodeKind.Text && node.Written.Contains("${", StringComparison.Ordinal))
        {
            Replace(node, node.Written);
        }
        foreach (ConfigNode item in node.Items)
        {
            Replace(item);
        }
        foreach (ConfigProperty property in node.Properties)
        {
            Replace(property.Value);
        }
    }

    private void Replace(ConfigNode node, string text)
    {
        var result = new StringBuilder();
        bool replaced = false;
        int at = 0;
        while (text.IndexOf("${", at, StringComparison.Ordinal) is >= 0 and var start)
        {
            int end = text.IndexOf('}', start);
            if (start > at && text[start - 1] == '$')
            {
                result.Append(text, at, start - 1 - at).Append("${");
                at = start + 2;
                continue;
            }
            string name = end < 0 ? text[(start + 2)..] : text[(start + 2)..end];
            if (end < 0 || !IsName(name))
            {
                problems.Add(
                    node.Problem("'${' begins no variable", "write ${NAME} with letters, digits and _; $${ is the text '${' itself")
                );
                return;
            }
            if (variable(name) is not { } value)
            {
                problems.Add(node.Problem($"the environment variable '{name}' is not set", $"export {name}=…"));
                return;
            }
            mask.Add(name, value);
            result.Append(text, at, start - at).Append(value);
            replaced = true;
            at = end + 1;
        }
        result.Append(text, at, text.Length - at);
        node.Put(result.ToString(), replaced);
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
