using System.Globalization;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;
using StreamEtl.Connectors.Configuration;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Tables;

namespace StreamEtl.Cli.Runtime;

/// <summary>One table of a run. Whatever happens to it ends in its report and its log; it never throws, so it stops no other.</summary>
internal sealed class TableRun(Host host, RunPlan plan, TableConfig table, IngestOptions job, Messages messages)
{
    private readonly Messages _messages = messages.For("streametl.table." + TableName.Normalize(table.Name));

    /// <summary>The table's name, as the config has it.</summary>
    public string Name => table.Name;

    /// <summary>What was done.</summary>
    public RunReport Report { get; } = new() { Verb = IngestVerb.Verb.Name, Table = TableName.Normalize(table.Name) };

    /// <summary>Runs it with its share of memory and cores.</summary>
    public async Task RunAsync(ResourceShare share, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Files() is not { } files)
            {
                Report.Warnings.Add("nothing new: the source's files have been rotated and no new ones have come");
                _messages.Log(LogLevel.Info, Report.Warnings[^1]);
                return;
            }
            SourceRotation? rotation = table.RotateTo is { } folder ? SourceRotation.Before(folder, files) : null;
            _messages.Log(
                LogLevel.Debug,
                $"reading {string.Join(", ", files)} with memory {ByteSize.Format(share.Memory)}, threads {share.Threads}"
            );
            using ProgressDisplay? progress =
                plan.Progress == ProgressMode.Lines
                    ? new ProgressDisplay(ProgressMode.Lines, TextWriter.Null, static () => 80, _messages.Say)
                    : null;
            IngestOptions options = job with { Inputs = files, MemoryBytes = share.Memory, Threads = share.Threads };
            var journey = new JourneyRun(host, plan.Journeys)
            {
                Engine = host.RunTable,
                Told = text => _messages.Log(LogLevel.Info, text),
                Mask = plan.Mask.Apply,
            };
            await journey.RunAsync(IngestVerb.Verb.Name, options, Report, progress, cancellationToken).ConfigureAwait(false);
            Rotate(rotation);
            Tell();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Fail("interrupted");
        }
        // A table's fault is its own.
        catch (Exception e)
        {
            Exception cause = e is AggregateException many ? many.Flatten().InnerExceptions[0] : e;
            ErrorText text = ErrorText.From(cause, plan.Debug);
            Fail(text.Line);
            WarnAll();
            _messages.Error(text);
        }
    }

    private void Fail(string error)
    {
        Report.Status = "failed";
        Report.Error = error;
    }

    /// <summary>The files of the source; null when they have all been rotated away and nothing new has come.</summary>
    private List<string>? Files()
    {
        try
        {
            return [.. table.Source.SelectMany(Expand)];
        }
        catch (StreamEtlException e)
            when (e.Kind == ErrorKind.InputNotFound && table.RotateTo is { } last && table.Source.All(s => WasRotated(s, last)))
        {
            return null;
        }
    }

    private IReadOnlyList<string> Expand(string source) =>
        source.Contains("://", StringComparison.Ordinal) ? [source] : host.ExpandGlob(source);

    private bool WasRotated(string source, string last)
    {
        try
        {
            return host.ExpandGlob(Path.Combine(last, Path.GetFileName(source))).Count > 0;
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.InputNotFound)
        {
            return false;
        }
    }

    private void Rotate(SourceRotation? rotation)
    {
        foreach (string path in rotation?.Move() ?? [])
        {
            Report.Warnings.Add($"{path} changed while it was read: it stays for the next run");
        }
    }

    private void Tell()
    {
        WarnAll();
        if (Report.NothingToDo)
        {
            _messages.Log(LogLevel.Info, $"nothing to do: the table has these rows already (version {Report.TableVersion})");
            return;
        }
        (long Count, string What)[] counts =
        [
            (Report.Inserts, "inserts"),
            (Report.Updates, "updates"),
            (Report.Deletes, "deletes"),
            (Report.Unchanged, "unchanged"),
            (Report.ChangedWithoutDate, "changed without a newer date"),
            (Report.Held, "held"),
            (Report.DuplicatesRemoved, "duplicates removed"),
            (Report.RowsRejected, "rejected"),
        ];
        string[] parts =
        [
            .. counts.Where(c => c.Count > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Count:N0} {c.What}")),
        ];
        string what = parts.Length > 0 ? ": " + string.Join(", ", parts) : "";
        _messages.Log(
            LogLevel.Info,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Report.RowsRead:N0} rows read, {Report.RowsWritten:N0} written as version {Report.TableVersion} in {Report.Seconds:0.00} s{what}"
            )
        );
        foreach (StageReport stage in Report.Stages)
        {
            _messages.Log(
                LogLevel.Debug,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"stage {stage.Name}: {stage.Batches:N0} batches, {stage.Rows:N0} rows, busy {stage.BusySeconds:0.000} s, waiting {stage.WaitingSeconds:0.000} s"
                )
            );
        }
    }

    private void WarnAll()
    {
        foreach (string warning in Report.Warnings)
        {
            _messages.Warn(warning);
        }
    }
}
