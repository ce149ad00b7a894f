using System.Globalization;
using StreamEtl.Errors;

namespace StreamEtl.Tables;

/// <summary>
/// Keys of a table's objects under the folder that holds its tables. <c>full-load/</c> and <c>cdc/</c> are for everybody; what is under <c>_streametl/</c> is the table itself.
/// <para>
/// Files under <c>_streametl/</c> have the version in their name that their writer meant to commit. A record names files of its own version and files that the record before named,
/// so a file of a version that exists already, named by no record, will never be named: it can be removed, whoever wrote it and whether it lives. One of a later version
/// may belong to a run at work, and stays. No clock and no lock decides this. It rests on records never being removed.
/// </para>
/// </summary>
/// <param name="table">A name that <see cref="TableName.Normalize"/> made.</param>
public sealed class TableLayout(string table)
{
    private const int Digits = 10;

    /// <summary>Where all tables of a folder keep themselves.</summary>
    public const string Root = "_streametl/";

    /// <summary>The table's name.</summary>
    public string Table { get; } = table;

    /// <summary>Start of the keys of everything that is the table, but for <c>cdc/</c> files.</summary>
    public string Prefix => $"{Root}{Table}/";

    /// <summary>Start of the keys of commit records.</summary>
    public string CommitPrefix => $"{Prefix}commits/";

    /// <summary>Start of the keys of full loads.</summary>
    public string FullPrefix => $"{Prefix}full/";

    /// <summary>Start of the keys of ledger files.</summary>
    public string LedgerPrefix => $"{Prefix}ledger/";

    /// <summary>Start of the keys of the notes that runs leave of the <c>cdc/</c> file that they are about to make.</summary>
    public string IntentPrefix => $"{Prefix}intents/";

    /// <summary>The copy of the newest full load that everybody reads, and that a table never reads itself.</summary>
    public string Published => $"full-load/{Table}.parquet";

    /// <summary>Which full load was published.</summary>
    public string PublishedNote => $"{Prefix}published.json";

    /// <summary>The record of a version.</summary>
    public string Commit(long version) => $"{CommitPrefix}{Number(version)}.json";

    /// <summary>A full load. <paramref name="attempt"/> tells those apart that were written for the same version.</summary>
    public string Full(long version, string attempt) => $"{FullPrefix}{Number(version)}-{attempt}.parquet";

    /// <summary>A ledger file.</summary>
    public string Ledger(long version, string attempt) => $"{LedgerPrefix}{Number(version)}-{attempt}.ledger";

    /// <summary>The note of a run that it is about to make a change file: one for each version and file, so that a file has one maker.</summary>
    public string Intent(long version, string changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return $"{IntentPrefix}{Number(version)}-{changes["cdc/".Length..]}.json";
    }

    /// <summary>The change file of an instant, to the second, UTC.</summary>
    public string Changes(DateTimeOffset instant) =>
        string.Create(CultureInfo.InvariantCulture, $"cdc/{Table}_{instant.UtcDateTime:yyyyMMdd_HHmmss}.parquet");

    /// <summary>The version in the name of an object under <c>_streametl/</c>; 0 when there is none.</summary>
    public static long VersionOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ReadOnlySpan<char> name = key.AsSpan(key.LastIndexOf('/') + 1);
        return
            name.Length > Digits
            && name[Digits] is '.' or '-'
            && long.TryParse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            ? version
            : 0;
    }

    private static string Number(long version) =>
        version is > 0 and < 10_000_000_000
            ? version.ToString("D10", CultureInfo.InvariantCulture)
            : throw new StreamEtlException(ErrorKind.Internal, $"{version} cannot be the version of a table");
}
