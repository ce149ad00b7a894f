namespace StreamEtl.Storage;

/// <summary>
/// Walks through the folders of a <see cref="LocalStore"/> in the order of keys, from the folder that the prefix names on: nobody looks at what is beside it, which may be
/// thousands of others. One folder of each depth is in memory. Links are not entered, and names that are no keys are passed over.
/// </summary>
internal sealed class LocalWalk(IDisk disk, string root, string prefix)
{
    /// <summary>The objects, in the order of their keys.</summary>
    public IEnumerable<LocalEntry> Objects() => Under(static name => ObjectKey.IsValid(name) ? name : null);

    /// <summary>What was started and not finished.</summary>
    public IEnumerable<LocalEntry> Unfinished() =>
        Under(static name => LocalPath.FinalName(name) is { } final && ObjectKey.IsValid(final) ? final : null);

    private IEnumerable<LocalEntry> Under(Func<string, string?> finalName)
    {
        int end = prefix.LastIndexOf('/');
        string folder = root;
        foreach (string name in end < 0 ? [] : LocalPath.Segments(prefix[..end]))
        {
            folder = Path.Join(folder, name);
            if (disk.Stat(folder) is not { Kind: DiskEntryKind.Folder })
            {
                return [];
            }
        }
        return In(prefix[..(end + 1)], folder, finalName);
    }

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
            if (key?.StartsWith(prefix, StringComparison.Ordinal) == true)
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
            else
            {
                yield return new LocalEntry(key, path, entry);
            }
        }
    }
}
