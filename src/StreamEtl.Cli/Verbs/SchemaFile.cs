using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Cli.Verbs;

/// <summary>Reads the file of <c>--schema</c>.</summary>
internal static class SchemaFile
{
    /// <summary>The fields; a file that cannot be read is a usage error.</summary>
    public static IReadOnlyList<Field> Read(string path) =>
        throw new StreamEtlException(ErrorKind.Unsupported, $"the schema file '{path}' cannot be read by this build");
}
