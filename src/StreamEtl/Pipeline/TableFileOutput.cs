using StreamEtl.Encoding;
using StreamEtl.Parquet.Writing;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>A Parquet file of a managed table in the making: an encoder in front of an object writer, and the checksum of what passes between.</summary>
internal sealed class TableFileOutput : IAsyncDisposable
{
    private readonly SortedList<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashingStream _stream;
    private readonly IReadOnlyList<Field> _fields;

    private TableFileOutput(RunContext run, IObjectWriter writer, IReadOnlyList<Field> fields)
    {
        Writer = writer;
        _fields = fields;
        _stream = new HashingStream(writer.Stream);
        Encoder = new ParquetEncoder(
            fields,
            new ParquetWriteOptions { Codec = run.Options.Compression, KeyValueMetadata = _metadata },
            run.Pool
        );
    }

    /// <summary>Where the bytes go.</summary>
    public IObjectWriter Writer { get; }

    /// <summary>Makes the parts.</summary>
    public IBatchEncoder Encoder { get; }

    /// <summary>Takes the parts.</summary>
    public Stream Stream => _stream;

    /// <summary>Takes over a writer and writes the file's head.</summary>
    public static async Task<TableFileOutput> OpenAsync(RunContext run, IObjectWriter writer, IReadOnlyList<Field> fields)
    {
        var output = new TableFileOutput(run, writer, fields);
        try
        {
            await output.Encoder.WriteHeaderAsync(output.Stream, run.CancellationToken).ConfigureAwait(false);
            return output;
        }
        catch
        {
            await output.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes the footer; what is left to do is the writer's commit.</summary>
    public async Task<TableFile> FinishAsync(RunContext run, TableFileRole role, long rows)
    {
        Provenance.Fill(_metadata, run.Report, _fields, rows);
        await Encoder.WriteFooterAsync(Stream, run.CancellationToken).ConfigureAwait(false);
        return new TableFile(role, Writer.Key, rows, Writer.Length, _stream.Sha256());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        (Encoder as IDisposable)?.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
        await Writer.DisposeAsync().ConfigureAwait(false);
    }
}
