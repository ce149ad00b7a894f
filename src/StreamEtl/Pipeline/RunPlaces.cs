using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sinks;
using StreamEtl.Sources;
using StreamEtl.Storage;

namespace StreamEtl.Pipeline;

/// <summary>Where the paths of a run lead: to files of this machine, or into stores (<see cref="StorePath"/>), each of which is opened once.</summary>
internal sealed class RunPlaces(RunContext run)
{
    private readonly Dictionary<string, IObjectStore> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private readonly KeptBeginning _keptBeginning = new();

    /// <summary>Whether any path of a job leads into a store.</summary>
    public static bool AnyIn(JobOptions options) => JobPaths.All(options).Any(StorePath.IsOne);

    /// <summary>The store of tables that a folder is.</summary>
    public IObjectStore OpenFolder(string folder) => StorePath.IsOne(folder) ? Open(folder.TrimEnd('/')) : new LocalStore(folder);

    /// <summary>An input. <paramref name="spoolFolder"/>: where a pipe is kept so that it can be read again, or null.</summary>
    public IByteInput OpenBytes(string path, string? spoolFolder)
    {
        if (!StorePath.IsOne(path))
        {
            return ByteInputs.Create(path, spoolFolder);
        }
        var place = StorePath.Parse(path);
        return new ObjectInput(Open(place.Root), place.Key, run.Pool, _keptBeginning);
    }

    /// <summary>A file or an object for reading in any order. An object that is opened again must be the one that it was.</summary>
    public async ValueTask<IRandomBytes> OpenRandomAsync(string path, CancellationToken cancellationToken)
    {
        if (!StorePath.IsOne(path))
        {
            return FileBytes.Open(path);
        }
        var place = StorePath.Parse(path);
        ObjectBytes bytes = await ObjectBytes
            .OpenAsync(Open(place.Root), place.Key, _tags.GetValueOrDefault(path), cancellationToken)
            .ConfigureAwait(false);
        _tags[path] = bytes.Tag;
        return ReadAheadBytes.Over(bytes, bytes.IsRemote, run.Pool);
    }

    /// <summary>Opens an output.</summary>
    public async ValueTask<IOutputFile> CreateAsync(string path)
    {
        if (!StorePath.IsOne(path))
        {
            return OutputFile.Create(path);
        }
        var place = StorePath.Parse(path);
        return await StoredOutput.CreateAsync(Open(place.Root), place.Key, path, run.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>The inputs that paths name, with the patterns over keys of stores expanded; those over files have been already.</summary>
    public async ValueTask<IReadOnlyList<string>> ExpandAsync(IReadOnlyList<string> paths)
    {
        var expanded = new List<string>();
        foreach (string path in paths)
        {
            if (!StorePath.IsOne(path) || !StoreGlob.IsPattern(StorePath.Parse(path).Key))
            {
                expanded.Add(path);
                continue;
            }
            var place = StorePath.Parse(path);
            IReadOnlyList<string> keys = await StoreGlob
                .ExpandAsync(Open(place.Root), place.Key, run.CancellationToken)
                .ConfigureAwait(false);
            expanded.AddRange(keys.Select(key => $"{place.Root}/{key}"));
        }
        return expanded;
    }

    private IObjectStore Open(string root)
    {
        if (!_stores.TryGetValue(root, out IObjectStore? store))
        {
            store = run.Options.Stores is { } stores
                ? stores.Open(root, TransferPlan.WriteBytes(run.Options.MemoryBytes))
                : throw new StreamEtlException(
                    ErrorKind.Usage,
                    $"'{root}' names a store, and none can be opened here",
                    hint: "name a file"
                );
            _stores[root] = store;
        }
        return store;
    }
}
