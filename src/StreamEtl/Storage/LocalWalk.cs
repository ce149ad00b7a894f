namespace StreamEtl.Storage;

/// <summary>
/// Walks through the folders of a <see cref="LocalStore"/> in the order of keys, entering only those that can hold the prefix. One folder of each depth is in memory. Links
/// are not entered, and names that are no keys are passed over.
/// </summary>
internal sealed class LocalWalk(IDisk disk, string root, string prefix)
{
    /// <summary>The objects, in the order of their keys.</summary>
    public IEnumerable<LocalEntry> Objects() => In("", root, static name => ObjectKey.IsValid(name) ? name : null);

    /// <summary>What was started and not finished.</summary>
    public IEnumerable<LocalEntry> Unfinished() =>
        In("", root, static name => LocalPath.FinalName(name) is { } final && ObjectKey.IsValid(final) ? final : null);

    private IEnumerable<LocalEntry> In(string keyOfFolder, string folder, Func<string, string?> finalName)
    {
        var entries = new List<(string Key, DiskEntry Entry)>();
        foreach (DiskEntry entry in disk.List(folder))
        {
            string? key = entry.Kind switch
            {
                DiskEntryKind.Folder when ObjectKey.IsValid(entry.Name) => $"{keyOfFolder}{entry.Name}/",
                DiskEntryKind.File when finalName(entry.Name) is { } name => keyOfFolder + name,
                _ => null,
            };
            if (key is not null && (key.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(key, StringComparison.Ordinal)))
            {
                entries.Add((key, entry));
            }
        }
        // A folder sorts as what is in it does: with the separator behind its name.
        entries.Sort(static (left, right) => ObjectKey.Compare(left.Key, right.Key));
        foreach ((string key, DiskEntry entry) in entries)
        {
            string path = Path.Join(folder, entry.Name);
            if (entry.Kind == DiskEntryKind.Folder)
            {
                foreach (LocalEntry inner in In(key, path, finalName))
                {
                    yield return inner;
                }
            }
            else if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return new LocalEntry(key, path, entry);
            }
        }
    }
}
