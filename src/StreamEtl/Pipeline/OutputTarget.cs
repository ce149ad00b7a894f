using StreamEtl.Compression;
using StreamEtl.Encoding;
using StreamEtl.Errors;
using StreamEtl.Parquet.Writing;
using StreamEtl.Sinks;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// The output of one attempt: an encoder, and a stream behind which nothing is visible until <see cref="CommitAsync"/>. Standard output is written
/// directly when no later value can change the types; otherwise it waits in the temp folder and is copied out at the end.
/// </summary>
internal sealed class OutputTarget : IAsyncDisposable
{
    private readonly IOutputFile _file;
    private readonly FileStream? _staged;
    private readonly OutputStream? _stagedStream;
    private readonly SortedList<string, string> _metadata;

    private OutputTarget(IBatchEncoder encoder, IOutputFile file, FileStream? staged, SortedList<string, string> metadata)
    {
        Encoder = encoder;
        _metadata = metadata;
        _file = file;
        _staged = staged;
        _stagedStream = staged is null ? null : new OutputStream(staged, Path.GetDirectoryName(staged.Name)!);
    }

    /// <summary>Makes the parts.</summary>
    public IBatchEncoder Encoder { get; }

    /// <summary>Entries for the footer of a format that has one; to be filled before the commit.</summary>
    public IDictionary<string, string> Metadata => _metadata;

    /// <summary>Takes the parts.</summary>
    public Stream Stream => _stagedStream ?? _file.Stream;

    /// <summary>Bytes in the output, once committed.</summary>
    public long Length => _file.Length;

    /// <summary>True when the types of values matter to the output: always but for delimited text, which carries values as they were written.</summary>
    public static bool WantsTypes(JobOptions options) =>
        options.InferTypes ?? TableFormats.Resolve(options.Output, options.To, "--to") is not (TableFormat.Csv or TableFormat.Tsv);

    /// <summary>Opens the output and writes its header. <paramref name="mayRestart"/>: a contradicted type may yet discard what is written.</summary>
    public static async Task<OutputTarget> OpenAsync(RunContext run, IReadOnlyList<Field> fields, bool mayRestart)
    {
        JobOptions options = run.Options;
        var metadata = new SortedList<string, string>(StringComparer.Ordinal);
        IBatchEncoder encoder = NewEncoder(run, fields, metadata);
        IOutputFile file = await run.Places.CreateAsync(options.Output).ConfigureAwait(false);
        FileStream? staged = mayRestart && file is DirectOutput ? OpenStage(options.TempDirectory) : null;
        var target = new OutputTarget(encoder, file, staged, metadata);
        try
        {
            await encoder.WriteHeaderAsync(target.Stream, run.CancellationToken).ConfigureAwait(false);
            return target;
        }
        catch
        {
            await target.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes the footer and makes the output visible.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await Encoder.WriteFooterAsync(Stream, cancellationToken).ConfigureAwait(false);
        if (_staged is not null)
        {
            _stagedStream!.Flush();
            _staged.Position = 0;
            await _staged.CopyToAsync(_file.Stream, cancellationToken).ConfigureAwait(false);
        }
        await _file.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        (Encoder as IDisposable)?.Dispose();
        if (_staged is not null)
        {
            await _stagedStream!.DisposeAsync().ConfigureAwait(false);
            await _staged.DisposeAsync().ConfigureAwait(false);
        }
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream OpenStage(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    BufferSize = 0,
                    Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                }
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"the temp folder cannot be used: {e.Message}",
                new RecordPosition(folder, 0, -1),
                "name another folder with --temp, or write to a file instead of standard output",
                e
            );
        }
    }

    private static IBatchEncoder NewEncoder(RunContext run, IReadOnlyList<Field> fields, SortedList<string, string> metadata)
    {
        JobOptions options = run.Options;
        return TableFormats.Resolve(options.Output, options.To, "--to") switch
        {
            TableFormat.Parquet => new ParquetEncoder(
                fields,
                new ParquetWriteOptions { Codec = options.Compression, KeyValueMetadata = metadata },
                run.Pool
            ),
            var format => Compress(NewTextEncoder(format, run, fields), run),
        };
    }

    private static RowTextEncoder NewTextEncoder(TableFormat format, RunContext run, IReadOnlyList<Field> fields) =>
        format switch
        {
            TableFormat.NdJson => new JsonLinesEncoder(fields, run.Pool),
            TableFormat.Json => new JsonArrayEncoder(fields, run.Pool),
            TableFormat.Tsv => new DelimitedEncoder(fields, run.Options.OutputDelimiter ?? '\t', run.Pool),
            _ => new DelimitedEncoder(fields, run.Options.OutputDelimiter ?? ',', run.Pool),
        };

    private static IBatchEncoder Compress(RowTextEncoder text, RunContext run) =>
        CompressedName.Of(run.Options.Output) switch
        {
            FileCompression.Gzip => new GzipFileEncoder(text, run.Pool),
            FileCompression.Zstandard => new ZstdFileEncoder(text),
            _ => text,
        };
}
