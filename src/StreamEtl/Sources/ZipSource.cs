using System.IO.Compression;
using StreamEtl.Compression;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// The one file inside a zip archive, streamed and checked against its stored length and checksum. Nothing is ever written under a name that the
/// archive holds, so hostile names do no harm; they are still refused, as a sign of a hostile archive.
/// </summary>
internal sealed class ZipSource : IByteSource
{
    private readonly IByteSource _stored;
    private readonly ZipArchive _archive;
    private readonly Stream _data;
    private readonly ZipArchiveEntry _entry;
    private readonly FileStream _file;
    private readonly FileIdentity _identity;
    private uint _crc;
    private long _length;
    private long _position;

    private ZipSource(IByteSource stored, FileStream file, ZipArchive archive, ZipArchiveEntry entry)
    {
        _stored = stored;
        _file = file;
        _archive = archive;
        _entry = entry;
        _identity = FileIdentity.Of(file.SafeFileHandle);
        _data = entry.Open();
    }

    /// <inheritdoc/>
    public SourceInfo Info => _stored.Info;

    /// <inheritdoc/>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Opens the archive at <paramref name="path"/>; <paramref name="stored"/> is disposed with the result.</summary>
    public static ZipSource Open(IByteSource stored, string? path)
    {
        string name = stored.Info.Name;
        if (path is null)
        {
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                "a zip archive cannot be read from a pipe, because its directory is at its end",
                new RecordPosition(name, 0, -1),
                "name the file, or pipe its content: unzip -p FILE | streametl … -"
            );
        }
        FileStream? file = null;
        ZipArchive? archive = null;
        try
        {
            file = new FileStream(FileOpening.OpenRead(path), FileAccess.Read, bufferSize: 1 << 16);
            archive = new ZipArchive(file, ZipArchiveMode.Read);
            return new ZipSource(stored, file, archive, Choose(archive, name));
        }
        catch (Exception e)
        {
            archive?.Dispose();
            file?.Dispose();
            if (e is InvalidDataException or IOException or ArgumentException or NotSupportedException)
            {
                throw Damaged(name, e);
            }
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count;
        try
        {
            count = _data.Read(destination.Span);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Damaged(Info.Name, e);
        }
        if (count == 0 && !destination.IsEmpty && FileIdentity.Of(_file.SafeFileHandle) != _identity)
        {
            throw FileInput.Changed(Info.Name);
        }
        // Progress asks after the file has been closed, too.
        Volatile.Write(ref _position, _file.Position);
        _crc = Crc32.Append(_crc, destination.Span[..count]);
        _length += count;
        if (_length > _entry.Length || (count == 0 && !destination.IsEmpty && (_length != _entry.Length || _crc != _entry.Crc32)))
        {
            throw Damaged(Info.Name, null);
        }
        return new ValueTask<int>(count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _data.DisposeAsync().ConfigureAwait(false);
        _archive.Dispose();
        await _file.DisposeAsync().ConfigureAwait(false);
        await _stored.DisposeAsync().ConfigureAwait(false);
    }

    private static ZipArchiveEntry Choose(ZipArchive archive, string name)
    {
        if (archive.GetEntry("xl/workbook.xml") is not null)
        {
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                "this is an Excel workbook, not a zip archive of text",
                new RecordPosition(name, 0, -1),
                "say so with --from xlsx, or save the sheet as CSV"
            );
        }
        List<ZipArchiveEntry> files = [.. archive.Entries.Where(IsData)];
        if (files.Count != 1)
        {
            const int Shown = 5;
            string names = string.Join(", ", files.Take(Shown).Select(f => $"'{f.FullName}'"));
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                files.Count == 0
                    ? "the zip archive holds no file"
                    : $"the zip archive holds {files.Count} files: {names}{(files.Count > Shown ? ", …" : "")}",
                new RecordPosition(name, 0, -1),
                "extract it and name the files, or pipe one: unzip -p FILE NAME | streametl … -"
            );
        }
        ZipArchiveEntry entry = files[0];
        if (
            entry.FullName.StartsWith('/')
            || entry.FullName.Contains('\\')
            || entry.FullName.Contains(':')
            || entry.FullName.Split('/').Contains("..")
        )
        {
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                $"the zip archive names a file outside itself: '{entry.FullName}'",
                new RecordPosition(name, 0, -1),
                "do not trust this archive; if it is yours, pipe its content: unzip -p FILE | streametl … -"
            );
        }
        if (entry.IsEncrypted)
        {
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                $"'{entry.FullName}' in the zip archive is encrypted",
                new RecordPosition(name, 0, -1),
                "decrypt it into a pipe: unzip -P PASSWORD -p FILE | streametl … -"
            );
        }
        return entry;
    }

    /// <summary>Leaves out folders and what macOS adds.</summary>
    private static bool IsData(ZipArchiveEntry entry) =>
        entry.Name.Length > 0 && entry.Name != ".DS_Store" && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal);

    private static StreamEtlException Damaged(string name, Exception? inner) =>
        new(
            ErrorKind.DamagedCompression,
            inner is null
                ? "the zip archive's content does not match its length or checksum"
                : $"the zip archive is damaged: {inner.Message}",
            new RecordPosition(name, 0, -1),
            "fetch or copy the file again; nothing was written",
            inner
        );
}
