using System.Globalization;
using System.Text.Json;
using StreamEtl.Connectors.Records;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Congregados;

/// <summary>Congregados as objects of a store, which is a folder as a rule: revisions of the id, as <see cref="RevisionedObjects"/> keeps them.</summary>
internal sealed class FolderCongregadoStore(IObjectStore store) : ICongregadoStore
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly RevisionedObjects _objects = new(store, "congregado");

    /// <inheritdoc/>
    public string Name => _objects.Name;

    /// <inheritdoc/>
    public async ValueTask<StoredCongregado?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await _objects.FindAsync(NameOf(id), cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }
        try
        {
            return JsonElement.Parse(found.Bytes) is { ValueKind: JsonValueKind.Object } item
                ? new StoredCongregado(item, found.Revision.ToString(CultureInfo.InvariantCulture))
                : throw new JsonException("it is no object");
        }
        catch (JsonException e)
        {
            throw new StreamEtlException(
                ErrorKind.DamagedTable,
                $"this is not an item: {e.Message}",
                StoreErrors.At(_objects.Name, NameOf(id)),
                "remove it: the next run stores it anew",
                e
            );
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryReplaceAsync(string id, JsonElement item, StoredCongregado? seen, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var writer = new Utf8JsonWriter(buffer, Indented);
        await using (writer.ConfigureAwait(false))
        {
            item.WriteTo(writer);
        }
        long revision = seen is null ? 1 : long.Parse(seen.Version, CultureInfo.InvariantCulture) + 1;
        return await _objects.TryWriteAsync(NameOf(id), revision, buffer.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>An id may hold what no file name may.</summary>
    private static string NameOf(string id) => Uri.EscapeDataString(id);
}
