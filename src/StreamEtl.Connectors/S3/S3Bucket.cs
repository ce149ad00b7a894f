using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>What the parts of one store share: who asks, where keys are, and how requests are tried again.</summary>
internal sealed class S3Bucket(IAmazonS3 client, S3Line line, string root, S3Options options) : IDisposable
{
    /// <summary>Part buffers that wait for their next use.</summary>
    private readonly ConcurrentBag<byte[]> _buffers = [];

    /// <summary>For requests that say something.</summary>
    public IAmazonS3 Client => client;

    /// <summary>For those that carry bytes.</summary>
    public S3Line Line => line;

    /// <summary>The root, as the user names it.</summary>
    public string Root => root;

    /// <summary>Sizes and patience.</summary>
    public S3Options Options => options;

    /// <summary>The bucket.</summary>
    public string Name { get; } = StorePath.Parse(root).Root["s3://".Length..];

    /// <summary>What stands before every key: empty, or ends with a slash.</summary>
    public string Prefix { get; } = StorePath.Parse(root).Key is { Length: > 0 } prefix ? prefix.TrimEnd('/') + "/" : "";

    /// <summary>Parts on their way.</summary>
    public SemaphoreSlim Uploads { get; } = new(options.UploadsAtOnce);

    /// <summary>Whether bodies are signed, as they must be where they are not hidden on their way.</summary>
    public bool HasSignedBodies { get; } = SignsBodies(client.Config);

    /// <summary>The same of a client's configuration.</summary>
    public static bool SignsBodies(IClientConfig config) =>
        config.ServiceURL?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A key as the bucket has it.</summary>
    public string FullKey(string key) => Prefix + key;

    /// <summary>A part buffer, contents arbitrary.</summary>
    public byte[] RentPart() => _buffers.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(options.PartBytes);

    /// <summary>Takes a buffer back.</summary>
    public void ReturnPart(byte[] buffer)
    {
        if (buffer.Length == options.PartBytes && _buffers.Count < options.UploadsAtOnce)
        {
            _buffers.Add(buffer);
        }
    }

    /// <summary>
    /// Makes a request, again and again while faults are of the kind that passes. Only for requests that may be made twice; whoever makes another looks at
    /// <see cref="S3Failure.MayHaveWorked"/>.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="patience">How long one try may take.</param>
    /// <param name="attempts">Tries at most.</param>
    /// <param name="cancellationToken">The user's.</param>
    /// <exception cref="S3Failure">The last failure; whether any try may have worked is that of all.</exception>
    public async ValueTask<T> TryAsync<T>(
        Func<CancellationToken, Task<T>> request,
        TimeSpan patience,
        int attempts,
        CancellationToken cancellationToken
    )
    {
        bool mayHaveWorked = false;
        for (int failures = 0; ; )
        {
            S3Failure failure;
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                limit.CancelAfter(patience);
                try
                {
                    return await request(limit.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    failure = S3Failure.Of(e).After(mayHaveWorked);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The SDK wraps some of the user's own interruptions.
                    throw new OperationCanceledException(e.Message, e, cancellationToken);
                }
            }
            mayHaveWorked = failure.MayHaveWorked;
            if (failure.Fault != S3Fault.Passing || ++failures >= attempts)
            {
                throw failure;
            }
            await Task.Delay(options.Pause(failures), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the server says of an object.</summary>
    /// <exception cref="S3Failure">As of <see cref="TryAsync"/>; there may be no such object.</exception>
    public ValueTask<GetObjectMetadataResponse> HeadAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetObjectMetadataRequest { BucketName = Name, Key = FullKey(key) };
        return TryAsync(t => client.GetObjectMetadataAsync(request, t), options.Patience, options.Attempts, cancellationToken);
    }

    /// <summary>The same for a request about a key, with an error for users.</summary>
    public async ValueTask<T> CallAsync<T>(string key, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(request, options.Patience, options.Attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (S3Failure failure)
        {
            throw Error(failure, key);
        }
    }

    /// <summary>The error for a failure.</summary>
    public StreamEtlException Error(S3Failure failure, string key) => S3Errors.From(failure, root, key);

    /// <inheritdoc/>
    public void Dispose()
    {
        Uploads.Dispose();
        line.Dispose();
    }
}
