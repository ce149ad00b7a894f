using Amazon.S3;
using Amazon.S3.Model;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.S3;

/// <summary>An upload in parts: begun by the first of them, several on their way at once, each sent again until the server has it.</summary>
internal sealed class S3Upload(S3Bucket bucket, string key, string mark) : IDisposable
{
    private const int MostParts = 10_000;

    /// <summary>Tries of an abort while somebody waits for the program to end; what it misses, cleaning finds.</summary>
    private const int AbortAttempts = 4;

    private readonly List<Task<PartETag>> _parts = [];
    private readonly CancellationTokenSource _stop = new();
    private Task<string>? _begun;
    private Exception? _fault;

    /// <summary>Parts handed in so far.</summary>
    public int Parts => _parts.Count;

    /// <summary>The size of the next part.</summary>
    public int PartBytes => (int)Math.Min((long)bucket.Options.PartBytes << (_parts.Count / bucket.Options.PartsOfOneSize), 1 << 30);

    /// <summary>Sends a part; the buffer is this object's from now on. The caller holds one of <see cref="S3Bucket.Uploads"/>, which is given back when the part is there.</summary>
    public void Send(byte[] buffer, int length)
    {
        if (_parts.Count == MostParts)
        {
            bucket.Uploads.Release();
            throw new StreamEtlException(
                ErrorKind.Io,
                $"the object needs more than {MostParts} parts",
                Storage.StoreErrors.At(bucket.Root, key),
                "write several smaller ones"
            );
        }
        _begun ??= BeginAsync();
        _parts.Add(SendAsync(_parts.Count + 1, buffer, length));
    }

    /// <summary>Throws what ended the upload, if anything has.</summary>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _fault) is { } fault)
        {
            throw fault is S3Failure failure
                ? bucket.Error(failure, key)
                : new StreamEtlException(ErrorKind.Internal, fault.Message, Storage.StoreErrors.At(bucket.Root, key), null, fault);
        }
    }

    /// <summary>Waits until the server has every part.</summary>
    public async ValueTask<(string Id, List<PartETag> Parts)> FinishAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll((IEnumerable<Task>)_parts).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfFailed();
        var parts = new List<PartETag>();
        foreach (Task<PartETag> part in _parts)
        {
            parts.Add(await part.ConfigureAwait(false));
        }
        return (await _begun!.ConfigureAwait(false), parts);
    }

    /// <summary>Ends what is on its way. With <paramref name="abort"/> the server forgets all parts.</summary>
    public async ValueTask StopAsync(bool abort)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll((IEnumerable<Task>)_parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_begun is null)
        {
            return;
        }
        try
        {
            string id = await _begun.ConfigureAwait(false);
            if (abort)
            {
                await S3Cleaner.AbortAsync(bucket, bucket.FullKey(key), id, AbortAttempts, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is S3Failure or OperationCanceledException)
        {
            // Whoever disposes is already telling of the fault that matters, and cleaning finds the upload later.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>Begins the upload. It is not interrupted while the server works on it: an upload whose name nobody learns cannot be aborted.</summary>
    private async Task<string> BeginAsync()
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            ChecksumAlgorithm = bucket.Options.WithSums ? ChecksumAlgorithm.CRC32C : null,
        };
        request.Metadata[S3Commit.MarkName] = mark;
        InitiateMultipartUploadResponse answer = await bucket
            .TryAsync(
                t =>
                {
                    t.ThrowIfCancellationRequested();
                    return bucket
                        .Client.InitiateMultipartUploadAsync(request, CancellationToken.None)
                        .WaitAsync(bucket.Options.Patience, CancellationToken.None);
                },
                bucket.Options.Patience,
                bucket.Options.Attempts,
                _stop.Token
            )
            .ConfigureAwait(false);
        return answer.UploadId;
    }

    private async Task<PartETag> SendAsync(int number, byte[] buffer, int length)
    {
        try
        {
            string id = await _begun!.ConfigureAwait(false);
            PartETag part = await bucket
                .TryAsync(
                    t =>
                        bucket.Line.PutAsync(
                            Request(id, number, buffer, length),
                            new ArraySegment<byte>(buffer, 0, length),
                            bucket.Options.WithSignedParts,
                            t
                        ),
                    bucket.Options.PatienceFor(length),
                    bucket.Options.Attempts,
                    _stop.Token
                )
                .ConfigureAwait(false);
            bucket.ReturnPart(buffer);
            return part;
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
            throw;
        }
        finally
        {
            bucket.Uploads.Release();
        }
    }

    private UploadPartRequest Request(string id, int number, byte[] buffer, int length) =>
        new()
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            UploadId = id,
            PartNumber = number,
            ChecksumCRC32C = bucket.Options.WithSums ? S3Sum.Of(buffer.AsSpan(0, length)) : null,
        };
}
