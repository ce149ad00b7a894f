using System.Runtime.CompilerServices;
using StreamEtl.Connectors.Dynamo;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Congregados;

/// <summary>Opens the store that a user names.</summary>
public static class CongregadoStores
{
    /// <summary>The usual name of a table of DynamoDB that holds them.</summary>
    public const string UsualTable = "congregado_data";

    /// <summary>Refuses a name that is none.</summary>
    /// <param name="name">As the user names it.</param>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>.</exception>
    public static void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(DynamoName.Scheme, StringComparison.Ordinal))
        {
            _ = DynamoName.Parse(name, UsualTable);
        }
        else if (name.Length == 0 || StorePath.IsOne(name))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"'{name}' is not a store of congregados",
                hint: "name a folder, or a table: dynamodb://congregado_data"
            );
        }
        else if (File.Exists(name))
        {
            throw new StreamEtlException(ErrorKind.Usage, $"'{name}' is a file, and congregados are kept in a folder");
        }
    }

    /// <summary>Opens a store: a folder, or a table of DynamoDB. Nothing is asked of it, or made, before the first item.</summary>
    /// <param name="name">As the user names it.</param>
    /// <param name="variable">An environment variable; null when it is absent.</param>
    /// <exception cref="StreamEtlException">As of <see cref="Check"/>.</exception>
    public static ICongregadoStore Open(string name, Func<string, string?> variable)
    {
        Check(name);
        return name.StartsWith(DynamoName.Scheme, StringComparison.Ordinal)
            ? OpenDynamo(name, variable)
            : new FolderCongregadoStore(new LocalStore(name));
    }

    /// <summary>Apart, so that nothing of the SDK is loaded for a folder.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DynamoCongregadoStore OpenDynamo(string name, Func<string, string?> variable) =>
        DynamoCongregadoStore.Open(name, variable);
}
