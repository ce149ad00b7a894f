using StreamEtl.Errors;

namespace StreamEtl.Connectors.Dynamo;

/// <summary>A table as users name it: <c>dynamodb://TABLE</c>, with <c>?region=R</c> and <c>?create=true</c>.</summary>
/// <param name="Table">The table; the usual one when the name says none.</param>
/// <param name="Region">The region, or null: what the environment says, else <see cref="UsualRegion"/>.</param>
/// <param name="Creates">The table is made when there is none.</param>
public sealed record DynamoName(string Table, string? Region, bool Creates)
{
    /// <summary>What names of this form begin with.</summary>
    public const string Scheme = "dynamodb://";

    /// <summary>Where the tables have been until now.</summary>
    public const string UsualRegion = "sa-east-1";

    /// <summary>Reads a name.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: it is none.</exception>
    public static DynamoName Parse(string text, string usualTable)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text[Scheme.Length..].Split('?', 2);
        string table = parts[0].TrimEnd('/') is { Length: > 0 } named ? named : usualTable;
        string? region = null;
        bool creates = false;
        foreach (string option in parts.Length > 1 ? parts[1].Split('&', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            switch (option.Split('=', 2))
            {
                case ["region", { Length: > 0 } value]:
                    region = value;
                    break;
                case ["create", "true" or "false"]:
                    creates = option.EndsWith("true", StringComparison.Ordinal);
                    break;
                default:
                    throw Wrong(text);
            }
        }
        return table.Length is >= 3 and <= 255 && table.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? new DynamoName(table, region, creates)
            : throw Wrong(text);
    }

    private static StreamEtlException Wrong(string text) =>
        new(
            ErrorKind.Usage,
            $"'{text}' does not name a table of DynamoDB",
            hint: "dynamodb://TABLE, dynamodb://TABLE?region=sa-east-1, or with &create=true"
        );
}
