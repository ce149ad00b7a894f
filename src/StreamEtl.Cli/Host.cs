using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;
using StreamEtl.Connectors.S3;
using StreamEtl.Diagnostics;
using StreamEtl.Memory;
using StreamEtl.Pipeline;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Types;

namespace StreamEtl.Cli;

/// <summary>What the commands need of the process and the engine around them. Tests put their own in its place.</summary>
internal sealed record Host
{
    private static readonly S3Stores Stores = new(Environment.GetEnvironmentVariable);

    private static readonly Lazy<TextWriter> StandardError = new(StandardText.OpenError);

    /// <summary>Opens standard output for text; opened only when help or the version goes there.</summary>
    public Func<TextWriter> OpenOutput { get; init; } = StandardText.OpenOutput;

    /// <summary>Opens standard error for text.</summary>
    public Func<TextWriter> OpenError { get; init; } = static () => StandardError.Value;

    /// <summary>True when a person may be typing at standard input.</summary>
    public Func<bool> InputIsTerminal { get; init; } = static () => !Console.IsInputRedirected;

    /// <summary>True when a person may be reading standard error.</summary>
    public Func<bool> ErrorIsTerminal { get; init; } = static () => !Console.IsErrorRedirected;

    /// <summary>Columns of the terminal; 0 when unknown.</summary>
    public Func<int> TerminalWidth { get; init; } = TerminalSize.Columns;

    /// <summary>An environment variable; null when it is absent.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>A quarter of what the machine, or the container, has.</summary>
    public Func<long> DefaultMemory { get; init; } = static () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    /// <summary>The files that a pattern names.</summary>
    public Func<string, IReadOnlyList<string>> ExpandGlob { get; init; } = PathGlob.Expand;

    /// <summary>Reads a schema file.</summary>
    public Func<string, IReadOnlyList<Field>> ReadSchema { get; init; } = SchemaFile.Read;

    /// <summary>Limits the managed heap of the whole process.</summary>
    public Action<long> LimitHeap { get; init; } = HeapLimit.Apply;

    /// <summary>The engine, for one of several jobs of the process.</summary>
    public Func<JobOptions, RunReport, IProgress<RunProgress>?, CancellationToken, Task> RunTable { get; init; } =
        static (options, report, progress, cancellationToken) =>
            EtlRunner.RunAsync(options with { Stores = Stores }, report, progress, cancellationToken);

    /// <summary>Opens what is in stores.</summary>
    public IStoreProvider Places { get; init; } = Stores;

    /// <summary>Now.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The engine.</summary>
    public Func<JobOptions, RunReport, IProgress<RunProgress>?, CancellationToken, Task> Run { get; init; } =
        static (options, report, progress, cancellationToken) =>
        {
            HeapLimit.Apply(options.MemoryBytes);
            return EtlRunner.RunAsync(options with { Stores = Stores }, report, progress, cancellationToken);
        };
}
