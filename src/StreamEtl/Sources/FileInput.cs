using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>A file on disk, decompressed as its first bytes say. May be opened again and again; a change between or during readings is an error.</summary>
internal sealed class FileInput : IByteInput
{
    private readonly string _path;
    private readonly string _name;
    private FileIdentity? _identity;

    /// <summary>Names the file; nothing is opened yet. <paramref name="name"/>: what messages call it, when that is not its path.</summary>
    public FileInput(string path, string? name = null)
    {
        _path = path;
        _name = name ?? path;
        var file = new FileInfo(path);
        Info = new SourceInfo(_name, file.Exists ? file.Length : null);
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<IByteSource> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FileByteSource source = OpenStored();
        try
        {
            return await Decompression.OpenAsync(source, _path, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens the bytes as they are stored.</summary>
    internal FileByteSource OpenStored()
    {
        SafeFileHandle handle = FileOpening.OpenRead(_path);
        try
        {
            var identity = FileIdentity.Of(handle);
            if (_identity is { } known && known != identity)
            {
                throw Changed(_name);
            }
            _identity = identity;
            Info = new SourceInfo(_name, identity.Length);
            return new FileByteSource(Info, handle, identity);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The error for a file that is not what it was when the run began.</summary>
    internal static StreamEtlException Changed(string path) =>
        new(
            ErrorKind.Io,
            "the file changed while it was read",
            new RecordPosition(path, 0, -1),
            "wait until whatever writes it has finished, or read a copy"
        );
}
