using StreamEtl.Sinks;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary><c>schema infer</c>: the types that hold for the whole input, as a schema file.</summary>
internal sealed class SchemaInferJob(RunContext run, SchemaInferOptions options) : Job(run)
{
    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        await OpenAsync(options.InferTypes ?? true, ("input", options.Inputs)).ConfigureAwait(false);
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        await ObserveAsync(countsRows: true).ConfigureAwait(false);
        var fields = Columns.Fields();
        IOutputFile file = await Run.Places.CreateAsync(options.Output).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            SchemaJson.Write(fields, file.Stream);
            await file.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
        }
        await Run.Rejects.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
        Run.Report.Schema.AddRange(fields);
    }
}
