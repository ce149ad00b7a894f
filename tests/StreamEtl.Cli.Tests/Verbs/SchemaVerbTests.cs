using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class SchemaVerbTests
{
    [Fact]
    public void Infer_NoOutput_WritesToStandardOutput()
    {
        SchemaInferOptions job = CommandRun.Of("schema", "infer", "a.csv").JobAs<SchemaInferOptions>();
        Assert.Equal("-", job.Output);
        Assert.Equal(["a.csv"], job.Inputs);
    }

    [Fact]
    public void Infer_Output_IsTheFile() =>
        Assert.Equal("s.json", CommandRun.Of("schema", "infer", "a.csv", "-o", "s.json").JobAs<SchemaInferOptions>().Output);

    [Fact]
    public void Validate_Schema_IsRead() =>
        Assert.Single(CommandRun.Of("schema", "validate", "a.csv", "--schema", "s.json").JobAs<SchemaValidateOptions>().Schema!);

    [Fact]
    public void Validate_NoSchema_IsAUsageError()
    {
        CommandRun run = CommandRun.Of("schema", "validate", "a.csv");
        Assert.Equal((2, null), (run.Status, run.Job));
        Assert.StartsWith("streametl: error: no schema is given\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MissingColumn_IsTheDatasFault()
    {
        CommandRun run = CommandRun.With(
            _ => throw new StreamEtlException(ErrorKind.ColumnNotFound, "column 'id' is missing"),
            "schema",
            "validate",
            "a.csv",
            "--schema",
            "s.json"
        );
        Assert.Equal(1, run.Status);
    }
}
