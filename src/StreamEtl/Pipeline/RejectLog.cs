using System.Globalization;
using System.Text;
using StreamEtl.Errors;
using StreamEtl.Sinks;

namespace StreamEtl.Pipeline;

/// <summary>
/// The policy on malformed rows: stop at the first in input order, or set each aside in a CSV of
/// <c>file,line,byte_offset,column,reason</c>, which appears under its name when the run succeeds.
/// </summary>
internal sealed class RejectLog(RunContext run) : IAsyncDisposable
{
    private IOutputFile? _file;
    private StreamWriter? _writer;

    /// <summary>Rows set aside.</summary>
    public long Count { get; private set; }

    /// <summary>True when a row was set aside because its quotes are not closed before the input ends.</summary>
    public bool EndsInsideQuotes { get; private set; }

    /// <summary>Forgets what an attempt that is being repeated had set aside.</summary>
    public async ValueTask RestartAsync()
    {
        await DisposeAsync().ConfigureAwait(false);
        Count = 0;
        EndsInsideQuotes = false;
        if (run.Options.RejectsPath is { } path)
        {
            _file = await run.Places.CreateAsync(path).ConfigureAwait(false);
            _writer = new StreamWriter(_file.Stream, new UTF8Encoding(false), 64 << 10, leaveOpen: true) { NewLine = "\n" };
            await _writer.WriteLineAsync("file,line,byte_offset,column,reason").ConfigureAwait(false);
        }
    }

    /// <summary>Takes the malformed rows of one batch; <paramref name="baseLine"/> is the physical line at which the batch starts.</summary>
    public void Add(IReadOnlyList<RejectedRecord> rejects, long baseLine)
    {
        foreach (RejectedRecord relative in rejects)
        {
            RejectedRecord reject = relative with { Line = relative.Line + baseLine };
            if (!run.Options.RejectMalformed)
            {
                throw reject.ToException();
            }
            Count++;
            EndsInsideQuotes |= reject.Kind == ErrorKind.UnterminatedQuote;
            _writer?.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Quote(reject.Source)},{reject.Line},{reject.ByteOffset},{Quote(reject.Column ?? "")},{Quote(reject.Reason)}"
                )
            );
        }
    }

    /// <summary>Makes the file visible.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_writer is not null)
        {
            await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            await _file!.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
            await _file!.DisposeAsync().ConfigureAwait(false);
            _writer = null;
            _file = null;
        }
    }

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(',', '"', '\n') < 0 && !text.Contains('\r') ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}
