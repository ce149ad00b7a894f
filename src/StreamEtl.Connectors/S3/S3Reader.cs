using Amazon.S3.Model;
using StreamEtl.Connectors.Aws;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>
/// Reads ranges of one object. Every request names the ETag, and every answer is held against it, so that what was read is of one content. A range that breaks off goes on from
/// where it did.
/// </summary>
internal sealed class S3Reader(S3Bucket bucket, ObjectInfo info) : IRangeReader
{
    /// <summary>A server that breaks every answer off is not worth an endless number of requests, though each brings something.</summary>
    private const int MostRounds = 8;

    /// <inheritdoc/>
    public ObjectInfo Info => info;

    /// <inheritdoc/>
    public async ValueTask<int> ReadAtAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        int wanted = (int)Math.Clamp(info.Length - offset, 0, destination.Length);
        int filled = 0;
        int failures = 0;
        for (int requests = 1; filled < wanted; requests++)
        {
            int before = filled;
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(bucket.Options.Patience);
                using HttpResponseMessage response = await bucket
                    .Line.GetAsync(Request(offset + filled, wanted - filled), patience.Token)
                    .ConfigureAwait(false);
                Check(response, offset + filled);
                Stream bytes = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
                while (filled < wanted)
                {
                    patience.CancelAfter(bucket.Options.Patience);
                    int count = await bytes.ReadAsync(destination[filled..wanted], patience.Token).ConfigureAwait(false);
                    filled += count > 0 ? count : throw new EndOfStreamException("the answer ends early");
                }
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not OperationCanceledException)
            {
                // The SDK wraps some of the user's own interruptions.
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not Errors.StreamEtlException)
            {
                var failure = S3Failure.Of(e);
                failures = filled > before ? 1 : failures + 1;
                bool final = failures >= bucket.Options.Attempts || requests >= bucket.Options.Attempts * MostRounds;
                if (failure.Fault != S3Fault.Passing || final)
                {
                    throw failure.Fault is S3Fault.NoObject or S3Fault.Condition
                        ? StoreErrors.Replaced(bucket.Root, info.Key, e)
                        : bucket.Error(failure, info.Key);
                }
                await Task.Delay(bucket.Options.Pause(failures), cancellationToken).ConfigureAwait(false);
            }
        }
        return wanted;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private GetObjectRequest Request(long offset, int length) =>
        new()
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(info.Key),
            ByteRange = new ByteRange(offset, offset + length - 1),
            EtagToMatch = info.Tag,
        };

    /// <summary>A server, or a proxy before it, that leaves conditions or ranges out must not be believed.</summary>
    private void Check(HttpResponseMessage response, long offset)
    {
        string? range = AwsHttp.Value(response.Content.Headers, "Content-Range");
        if (
            S3Store.Tag(AwsHttp.Value(response.Headers, "ETag") ?? "") != info.Tag
            || (range is not null && !range.EndsWith($"/{info.Length}", StringComparison.Ordinal))
        )
        {
            throw StoreErrors.Replaced(bucket.Root, info.Key);
        }
        if (range is null ? offset != 0 : !range.StartsWith($"bytes {offset}-", StringComparison.Ordinal))
        {
            throw new IOException($"the range from {offset} was asked for, and '{range}' came");
        }
    }
}
