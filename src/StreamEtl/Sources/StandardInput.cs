using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// A pipe. With a spool, every byte read is also kept in a nameless file, so that a reading that stopped early or finished can begin again: it gives the
/// kept bytes first and then goes on with the pipe. Without one a second opening is an error.
/// </summary>
internal sealed class StandardInput : IByteInput
{
    /// <summary>How users and errors name standard input.</summary>
    public const string Name = "-";

    private readonly LivePipe _pipe;
    private readonly SpoolFile? _spool;
    private int _openings;

    /// <summary>The process's standard input. <paramref name="spoolFolder"/>: where to keep a copy, or null to read once.</summary>
    public StandardInput(string? spoolFolder)
        : this(Console.OpenStandardInput(), spoolFolder, Name) { }

    /// <summary>Any stream that cannot be read twice; it is owned.</summary>
    public StandardInput(Stream stream, string? spoolFolder, string name = Name)
    {
        _pipe = new LivePipe(stream);
        _spool = spoolFolder is null ? null : new SpoolFile(spoolFolder);
        Info = new SourceInfo(name, null);
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; }

    /// <summary>Bytes kept in the temp folder.</summary>
    public long SpooledBytes => _spool?.Length ?? 0;

    /// <inheritdoc/>
    public ValueTask<IByteSource> OpenAsync(CancellationToken cancellationToken)
    {
        if (_openings++ > 0 && _spool is null)
        {
            throw new StreamEtlException(
                ErrorKind.Internal,
                "standard input was opened a second time without a copy of it",
                new RecordPosition(Info.Name, 0, -1)
            );
        }
        return Decompression.OpenAsync(new PipeSource(Info, _pipe, _spool), path: null, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _spool?.Dispose();
        await _pipe.DisposeAsync().ConfigureAwait(false);
    }
}
