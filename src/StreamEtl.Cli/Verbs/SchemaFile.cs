using StreamEtl.Cli.Arguments;
using StreamEtl.Types;

namespace StreamEtl.Cli.Verbs;

/// <summary>Reads the file of <c>--schema</c>.</summary>
internal static class SchemaFile
{
    /// <summary>The fields; a file that cannot be read, or is no schema, is a usage error.</summary>
    public static IReadOnlyList<Field> Read(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageError.Create(
                $"the schema file '{path}' cannot be read: {e.Message}",
                "streametl schema infer INPUT -o FILE makes one"
            );
        }
        return SchemaJson.Read(json, path);
    }
}
