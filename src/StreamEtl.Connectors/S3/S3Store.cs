using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amazon.S3.Model;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>
/// Objects in a bucket of S3, or of a server that speaks it. Commits rest on what all of these do: a PUT, or the completion of an upload in parts, makes an object visible
/// whole or not at all; a PUT with <c>If-None-Match: *</c> has one winner; what was written is seen by whoever asks next.
/// <para>
/// Not all of them hold completions to a condition. An object of more than one part under <see cref="WriteCondition.IfAbsent"/> therefore looks before it completes: on AWS, which
/// does hold them, of writers that race exactly one wins; elsewhere two that complete large objects in the same instant could both believe so. Tables do not rest on it: commit records
/// are small, and so are the notes by which runs claim the names of change files.
/// </para>
/// </summary>
internal sealed class S3Store(S3Bucket bucket) : IObjectStore
{
    /// <summary>A listing of more objects than this is not remembered.</summary>
    private const int MostKnown = 100_000;

    /// <summary>What listings and questions of this run have told. Only trusted together with a tag: requests that name one fail when it is no longer that.</summary>
    private readonly ConcurrentDictionary<string, ObjectInfo> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => bucket.Root;

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public async ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        try
        {
            return await AskAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (S3Failure failure) when (failure.Fault == S3Fault.NoObject)
        {
            _known.TryRemove(key, out _);
            return null;
        }
        catch (S3Failure failure)
        {
            throw bucket.Error(failure, key);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        if (tag is not null && _known.TryGetValue(key, out ObjectInfo known) && known.Tag == tag)
        {
            return new S3Reader(bucket, known);
        }
        ObjectInfo? info = await StatAsync(key, cancellationToken).ConfigureAwait(false);
        if (tag is not null && info?.Tag != tag)
        {
            throw StoreErrors.Replaced(Name, key);
        }
        return info is { } found
            ? new S3Reader(bucket, found)
            : throw await S3Neighbours.NotFoundAsync(bucket, key, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ObjectKey.CheckPrefix(prefix);
        return ListedAsync(prefix, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        return new ValueTask<IObjectWriter>(new S3Writer(bucket, key, () => _known.TryRemove(key, out _)));
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        _known.TryRemove(key, out _);
        var request = new DeleteObjectRequest { BucketName = bucket.Name, Key = bucket.FullKey(key) };
        await bucket.CallAsync(key, t => bucket.Client.DeleteObjectAsync(request, t), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<int> CleanAsync(string prefix, CancellationToken cancellationToken)
    {
        ObjectKey.CheckPrefix(prefix);
        return S3Cleaner.CleanAsync(bucket, prefix, cancellationToken);
    }

    /// <summary>An ETag as a tag: without the quotes, which some servers leave out.</summary>
    internal static string Tag(string etag) => etag.Trim('"');

    private async ValueTask<ObjectInfo> AskAsync(string key, CancellationToken cancellationToken)
    {
        GetObjectMetadataResponse answer = await bucket.HeadAsync(key, cancellationToken).ConfigureAwait(false);
        var info = new ObjectInfo(key, answer.ContentLength, Tag(answer.ETag));
        Remember(info);
        return info;
    }

    private async IAsyncEnumerable<ObjectInfo> ListedAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var request = new ListObjectsV2Request
            {
                BucketName = bucket.Name,
                Prefix = bucket.FullKey(prefix),
                ContinuationToken = next,
            };
            ListObjectsV2Response page = await bucket
                .CallAsync(prefix, t => bucket.Client.ListObjectsV2Async(request, t), cancellationToken)
                .ConfigureAwait(false);
            foreach (S3Object found in page.S3Objects ?? [])
            {
                string key = found.Key[bucket.Prefix.Length..];
                // Markers of empty folders, and whatever else others have put there that cannot be named.
                if (ObjectKey.IsValid(key))
                {
                    var info = new ObjectInfo(key, found.Size ?? 0, Tag(found.ETag));
                    Remember(info);
                    yield return info;
                }
            }
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        } while (next is not null);
    }

    private void Remember(ObjectInfo info)
    {
        if (_known.Count < MostKnown)
        {
            _known[info.Key] = info;
        }
    }
}
