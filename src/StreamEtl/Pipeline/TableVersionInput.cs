using System.Security.Cryptography;
using StreamEtl.Sources;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>A version of a managed table as an input. The version is chosen when it is first opened, and stays the same in every pass.</summary>
internal sealed class TableVersionInput(TableReference reference) : TableInput
{
    private OpenVersion? _version;

    /// <inheritdoc/>
    public override SourceInfo Info => new(reference.Text, _version?.Record.Files.Sum(f => f.Bytes));

    /// <inheritdoc/>
    public override async ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken)
    {
        OpenVersion version = await OpenVersionAsync(run, cancellationToken).ConfigureAwait(false);
        return new VersionSource(reference.Text, version, version.Rows, run.Pool);
    }

    /// <inheritdoc/>
    public override async ValueTask HashAsync(RunContext run, IncrementalHash hash, CancellationToken cancellationToken)
    {
        foreach (IRandomBytes file in (await OpenVersionAsync(run, cancellationToken).ConfigureAwait(false)).Files)
        {
            await InputBytes.HashAsync(file, hash, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _version?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<OpenVersion> OpenVersionAsync(RunContext run, CancellationToken cancellationToken)
    {
        if (_version is null)
        {
            TableLog log = await TableFinder
                .OpenAsync(run.Places.OpenFolder(reference.Folder), reference.Name, cancellationToken)
                .ConfigureAwait(false);
            _version = await OpenVersion.OpenAsync(log, reference.Version, run.Budget, cancellationToken).ConfigureAwait(false);
        }
        return _version;
    }
}
