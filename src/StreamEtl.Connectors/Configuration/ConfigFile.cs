using System.Text;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Configuration;

/// <summary>Reads config files: syntax, then environment variables, then the published schema, then what the schema cannot say.</summary>
public static class ConfigFile
{
    /// <summary>No config file is larger.</summary>
    private const long MaxBytes = 16 << 20;

    private static readonly Lazy<JsonSchema> Schema = new(static () => JsonSchema.Parse(SchemaBytes()));

    /// <summary>Reads a config.</summary>
    /// <param name="path">A JSON or YAML file; by its extension, else by its first character.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="mask">Learns the values of the variables that the file uses.</param>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: the file cannot be read.</exception>
    public static ConfigResult Load(string path, Func<string, string?> variable, SecretMask mask)
    {
        byte[] bytes = ReadBytes(path);
        var problems = new List<ConfigProblem>();
        ConfigNode root;
        try
        {
            root = Parse(bytes, path);
        }
        catch (ConfigSyntaxException e)
        {
            return new ConfigResult(null, [e.Problem]);
        }
        new ConfigVariables(variable, mask, problems).Replace(root);
        if (problems.Count > 0)
        {
            return new ConfigResult(null, problems);
        }
        IReadOnlyList<ConfigProblem> broken = new SchemaValidator(Schema.Value).Validate(root);
        return broken.Count > 0 ? new ConfigResult(null, broken) : new ConfigBinder(root, path).Bind();
    }

    /// <summary>The tree of a file, whichever syntax it has.</summary>
    /// <exception cref="ConfigSyntaxException">It has none.</exception>
    internal static ConfigNode Parse(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }
        bool json = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => true,
            ".yaml" or ".yml" => false,
            _ => bytes.TrimStart(" \t\r\n"u8).StartsWith("{"u8),
        };
        if (json)
        {
            return JsonConfigReader.Read(bytes, path);
        }
        try
        {
            return YamlConfigReader.Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), path);
        }
        catch (DecoderFallbackException)
        {
            throw new ConfigSyntaxException(
                new ConfigProblem(new ConfigPlace(path, 1, 1), "", "the file is not UTF-8", "save it as UTF-8")
            );
        }
    }

    /// <summary>The published schema.</summary>
    internal static byte[] SchemaBytes()
    {
        using Stream stream = typeof(ConfigFile).Assembly.GetManifestResourceStream("streametl-config.schema.json")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            byte[] buffer = new byte[64 << 10];
            int read;
            while ((read = file.Read(buffer)) > 0)
            {
                content.Write(buffer, 0, read);
                if (content.Length > MaxBytes)
                {
                    throw new StreamEtlException(ErrorKind.Usage, $"the file '{path}' is too large for a config");
                }
            }
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read: " + e.Message;
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"the config '{path}' {reason}",
                hint: "streametl run CONFIG, a JSON or YAML file",
                innerException: e
            );
        }
    }
}
