using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary><c>schema validate</c>: every row is read under the contract, nothing is written.</summary>
internal sealed class SchemaValidateJob(RunContext run, SchemaValidateOptions options) : Job(run)
{
    /// <inheritdoc/>
    protected override bool ReadsOnce => true;

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        await OpenAsync(infer: false, ("input", options.Inputs)).ConfigureAwait(false);
        CheckColumns();
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        var spec = new PassSpec
        {
            Phase = "validating",
            Segments = [Segment(0, Columns, _ => true)],
            CountsRows = true,
        };
        await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        await Run.Rejects.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
        Run.Report.Schema.AddRange(Columns.Fields());
    }

    /// <summary>Validation is of the structure too: the columns must be exactly the declared ones, in any order.</summary>
    private void CheckColumns()
    {
        foreach (Field field in options.Schema!)
        {
            Columns.Find(field.Name, "--schema");
        }
        if (Columns.Columns.FirstOrDefault(c => !c.Contract) is { } extra)
        {
            throw new StreamEtlException(
                ErrorKind.Header,
                $"the schema does not declare column '{extra.Name}'",
                hint: "add the field to the schema file, or remove the column from the input"
            );
        }
    }
}
