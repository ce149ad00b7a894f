using StreamEtl.Sources;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Counts what is read.</summary>
internal sealed class CountingBytes(IRandomBytes inner) : IRandomBytes
{
    public SourceInfo Info => inner.Info;

    public long BytesRead { get; private set; }

    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        BytesRead += destination.Length;
        return inner.ReadAsync(offset, destination, cancellationToken);
    }

    public void VerifyUnchanged() => inner.VerifyUnchanged();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
