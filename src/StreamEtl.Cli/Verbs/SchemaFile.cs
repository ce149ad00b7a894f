using StreamEtl.Cli.Arguments;
using StreamEtl.Errors;
using StreamEtl.Storage;
using StreamEtl.Types;

namespace StreamEtl.Cli.Verbs;

/// <summary>Reads the file of <c>--schema</c>.</summary>
internal static class SchemaFile
{
    private const int MostBytes = 64 << 20;
    private const string Hint = "streametl schema infer INPUT -o FILE makes one";

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
            throw UsageError.Create($"the schema file '{path}' cannot be read: {e.Message}", Hint);
        }
        return SchemaJson.Read(json, path);
    }

    /// <summary>The host, with the schema that a command line names at hand when it is in a store.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: there is no such object, or it is no schema; what the store says.</exception>
    public static async ValueTask<Host> FetchAsync(ParsedArguments arguments, Host host)
    {
        if (arguments.Text(SharedOptions.Schema) is not { } path || !StorePath.IsOne(path))
        {
            return host;
        }
        var place = StorePath.Parse(path);
        byte[]? json = await host
            .Places.Open(place.Root, MostBytes)
            .ReadWholeAsync(place.Key, MostBytes, CancellationToken.None)
            .ConfigureAwait(false);
        IReadOnlyList<Field> fields = json is null
            ? throw UsageError.Create($"the schema file '{path}' cannot be read: there is no such object", Hint)
            : SchemaJson.Read(json, path);
        return host with { ReadSchema = _ => fields };
    }
}
