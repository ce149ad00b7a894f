using System.Globalization;
using System.Text.Json;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// What tells the content of an input, or of an output, from any other content under the same name, without reading it: size and time of the last write of a file, size and
/// tag of an object, the version of a table. So today's dump is another journey than yesterday's, whatever it is called.
/// </summary>
/// <param name="stores">Opens what is in stores; null: nothing is.</param>
public sealed class InputIdentity(IStoreProvider? stores)
{
    private const string Standard = "-";

    /// <summary>Opens the folder that holds tables, of this machine or in a store.</summary>
    public IObjectStore OpenFolder(string folder) => StorePath.IsOne(folder) ? Open(folder.TrimEnd('/')) : new LocalStore(folder);

    /// <summary>Writes the identity of an input as an object; for a pattern over a store, of each object that it names.</summary>
    /// <exception cref="Errors.StreamEtlException">What the store says.</exception>
    public async ValueTask WriteAsync(Utf8JsonWriter writer, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(path);
        if (path != Standard && TableReference.Find(path) is { } table)
        {
            writer.WriteStartObject();
            writer.WriteString("path", $"{Absolute(table.Folder)}/{TableName.Normalize(table.Name)}");
            if ((table.Version ?? await NewestAsync(table.Folder, table.Name, cancellationToken).ConfigureAwait(false)) is { } version)
            {
                writer.WriteNumber("table_version", version);
            }
            writer.WriteEndObject();
            return;
        }
        if (!StorePath.IsOne(path))
        {
            WriteFile(writer, path);
            return;
        }
        var place = StorePath.Parse(path);
        IObjectStore store = Open(place.Root);
        IReadOnlyList<string> keys = StoreGlob.IsPattern(place.Key)
            ? await StoreGlob.ExpandAsync(store, place.Key, cancellationToken).ConfigureAwait(false)
            : [place.Key];
        foreach (string key in keys)
        {
            writer.WriteStartObject();
            writer.WriteString("path", $"{place.Root}/{key}");
            if (await store.StatAsync(key, cancellationToken).ConfigureAwait(false) is { } info)
            {
                Write(writer, info);
            }
            else
            {
                WriteUnknown(writer);
            }
            writer.WriteEndObject();
        }
    }

    /// <summary>Writes what was written under a path as it is now, as an object; for <see cref="IsStillAsync"/>. A path that holds a secret is masked, and not found again.</summary>
    public async ValueTask WriteOutputAsync(
        Utf8JsonWriter writer,
        string path,
        Func<string, string> mask,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(mask);
        writer.WriteStartObject();
        writer.WriteString("path", mask(Absolute(path)));
        if (await StatAsync(path, cancellationToken).ConfigureAwait(false) is { } info)
        {
            Write(writer, info);
        }
        else if (Find(path) is { } file)
        {
            Write(writer, file);
        }
        writer.WriteEndObject();
    }

    /// <summary>True when there is under the path what <see cref="WriteOutputAsync"/> saw.</summary>
    public async ValueTask<bool> IsStillAsync(JsonElement written, CancellationToken cancellationToken)
    {
        if (!written.TryGetProperty("path", out JsonElement path) || !written.TryGetProperty("size", out JsonElement size))
        {
            return false;
        }
        if (written.TryGetProperty("tag", out JsonElement tag))
        {
            return await StatAsync(path.GetString()!, cancellationToken).ConfigureAwait(false) is { } info
                && info.Length == size.GetInt64()
                && info.Tag == tag.GetString();
        }
        return written.TryGetProperty("modified", out JsonElement modified)
            && Find(path.GetString()!) is { } file
            && file.Length == size.GetInt64()
            && TimeOf(file) == modified.GetString();
    }

    /// <summary>The newest version of a table; null when there is no such table.</summary>
    public async ValueTask<long?> NewestAsync(string folder, string table, CancellationToken cancellationToken)
    {
        var log = new TableLog(OpenFolder(folder), new TableLayout(TableName.Normalize(table)));
        return await log.VersionsAsync(cancellationToken).ConfigureAwait(false) is [.., var newest] ? newest : null;
    }

    /// <summary>A path that means the same from every folder.</summary>
    internal static string Absolute(string path) => StorePath.IsOne(path) ? path : Path.GetFullPath(path);

    private static void WriteFile(Utf8JsonWriter writer, string path)
    {
        writer.WriteStartObject();
        writer.WriteString("path", path == Standard ? path : Path.GetFullPath(path));
        // A pipe under a name has no length; nor has an empty file, which is read quickly enough.
        if (path != Standard && Find(path) is { Length: > 0 } file)
        {
            Write(writer, file);
        }
        else
        {
            WriteUnknown(writer);
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, FileInfo file)
    {
        writer.WriteNumber("size", file.Length);
        writer.WriteString("modified", TimeOf(file));
    }

    private static void Write(Utf8JsonWriter writer, ObjectInfo info)
    {
        writer.WriteNumber("size", info.Length);
        writer.WriteString("tag", info.Tag);
    }

    /// <summary>Whose content cannot be told is like no other.</summary>
    private static void WriteUnknown(Utf8JsonWriter writer) => writer.WriteString("run", Guid.NewGuid());

    private static string TimeOf(FileInfo file) =>
        file.LastWriteTimeUtc.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static FileInfo? Find(string path)
    {
        var file = new FileInfo(path);
        // A link's own length and time say nothing of what it leads to.
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
        {
            file = target;
        }
        return file.Exists ? file : null;
    }

    private async ValueTask<ObjectInfo?> StatAsync(string path, CancellationToken cancellationToken)
    {
        if (!StorePath.IsOne(path))
        {
            return null;
        }
        var place = StorePath.Parse(path);
        return await Open(place.Root).StatAsync(place.Key, cancellationToken).ConfigureAwait(false);
    }

    private IObjectStore Open(string root) =>
        (
            stores ?? throw new Errors.StreamEtlException(Errors.ErrorKind.Usage, $"'{root}' names a store, and none can be opened here")
        ).Open(root, transferBytes: 1 << 20);
}
