using StreamEtl.Sources;
using StreamEtl.Tests.Sources;

namespace StreamEtl.Tests.Parsing;

/// <summary>Bytes as an input that can be opened again and again.</summary>
internal sealed class MemoryInput(byte[] bytes, params int[] pieces) : IByteInput
{
    public SourceInfo Info { get; } = new("memory.csv", bytes.Length);

    public ValueTask<IByteSource> OpenAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IByteSource>(new MemorySource(bytes, Info.Name, pieces));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
