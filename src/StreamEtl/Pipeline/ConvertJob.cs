namespace StreamEtl.Pipeline;

/// <summary><c>convert</c>: one pass from inputs to output.</summary>
internal sealed class ConvertJob(RunContext run, ConvertOptions options) : Job(run)
{
    /// <inheritdoc/>
    protected override bool ReadsOnce => !Infer;

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        await OpenAsync(OutputTarget.WantsTypes(options), ("input", options.Inputs)).ConfigureAwait(false);
        await WithTypesAsync(WriteAsync).ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        var fields = Columns.Fields();
        OutputTarget output = await OutputTarget.OpenAsync(Run, fields, mayRestart: !ReadsOnce).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            PassSegment segment = Segment(0, Columns, _ => true);
            PassResult result = await PipelineGraph
                .RunAsync(
                    Run,
                    new PassSpec
                    {
                        Phase = "converting",
                        Segments = [segment],
                        Encoder = output.Encoder,
                        Output = output.Stream,
                        CountsRows = true,
                    }
                )
                .ConfigureAwait(false);
            await CommitAsync(output, result, fields).ConfigureAwait(false);
        }
    }
}
