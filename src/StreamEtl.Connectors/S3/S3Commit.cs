using System.Runtime.InteropServices;
using Amazon.S3.Model;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>
/// Makes an object visible. Answers get lost, and a request that has failed may have worked: then the object is looked at, and its mark says whose write it is. Where even that
/// does not tell, the outcome is unknown, and nothing is removed.
/// </summary>
internal sealed class S3Commit(S3Bucket bucket, string key, string mark)
{
    /// <summary>The metadata entry that names an object's writer.</summary>
    public const string MarkName = "streametl-writer";

    /// <summary>True once a request is under way whose effect is not known yet.</summary>
    public bool MayHaveWorked { get; private set; }

    /// <summary>Writes a small object by one request.</summary>
    public ValueTask<bool> PutAsync(ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken)
    {
        if (!MemoryMarshal.TryGetArray(content, out ArraySegment<byte> bytes))
        {
            throw new ArgumentException("not an array", nameof(content));
        }
        return DecideAsync(
            t => bucket.Client.PutObjectAsync(Put(bytes, condition), t),
            bucket.Options.PatienceFor(bytes.Count),
            condition,
            isConditional: condition == WriteCondition.IfAbsent,
            cancellationToken
        );
    }

    /// <summary>Completes an upload in parts.</summary>
    public async ValueTask<bool> CompleteAsync(
        string id,
        List<PartETag> parts,
        WriteCondition condition,
        CancellationToken cancellationToken
    )
    {
        if (condition == WriteCondition.IfAbsent && await LookAsync(cancellationToken).ConfigureAwait(false) is { Exists: true })
        {
            return false;
        }
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            UploadId = id,
            PartETags = parts,
            IfNoneMatch = condition == WriteCondition.IfAbsent ? "*" : null,
        };
        return await DecideAsync(
                t => bucket.Client.CompleteMultipartUploadAsync(request, t),
                // Servers put large objects together before they answer.
                bucket.Options.PatienceFor((long)parts.Count << 20),
                condition,
                isConditional: false,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async ValueTask<bool> DecideAsync<T>(
        Func<CancellationToken, Task<T>> request,
        TimeSpan patience,
        WriteCondition condition,
        bool isConditional,
        CancellationToken cancellationToken
    )
    {
        S3Failure failure;
        try
        {
            MayHaveWorked = true;
            await bucket.TryAsync(request, patience, bucket.Options.Attempts, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (S3Failure e)
        {
            failure = e;
        }
        bool taken = failure.Fault == S3Fault.Condition && condition == WriteCondition.IfAbsent;
        MayHaveWorked = failure.MayHaveWorked;
        if (!taken && !failure.MayHaveWorked && failure.Fault != S3Fault.NoUpload)
        {
            throw bucket.Error(failure, key);
        }
        // The key can be taken by our own first try, also by one of the connection's, which nobody hears of.
        (bool exists, bool isOurs) = await LookAfterAsync(failure, cancellationToken).ConfigureAwait(false);
        if (isOurs)
        {
            return true;
        }
        // Over an object that is there, no conditional PUT of ours can land any more, however late.
        return exists && (taken || isConditional) ? false
            : failure.MayHaveWorked ? throw StoreErrors.OutcomeUnknown(bucket.Root, key, failure.InnerException!)
            : throw bucket.Error(failure, key);
    }

    private async ValueTask<(bool Exists, bool IsOurs)> LookAfterAsync(S3Failure failure, CancellationToken cancellationToken)
    {
        MayHaveWorked = true;
        try
        {
            return await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException)
        {
            throw StoreErrors.OutcomeUnknown(bucket.Root, key, failure.InnerException!);
        }
    }

    private async ValueTask<(bool Exists, bool IsOurs)> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse answer = await bucket.HeadAsync(key, cancellationToken).ConfigureAwait(false);
            return (true, answer.Metadata[MarkName] == mark);
        }
        catch (S3Failure failure) when (failure.Fault == S3Fault.NoObject)
        {
            return (false, false);
        }
        catch (S3Failure failure)
        {
            throw bucket.Error(failure, key);
        }
    }

    private PutObjectRequest Put(ArraySegment<byte> bytes, WriteCondition condition)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            InputStream = new MemoryStream(bytes.Array ?? [], bytes.Offset, bytes.Count, writable: false),
            IfNoneMatch = condition == WriteCondition.IfAbsent ? "*" : null,
            UseChunkEncoding = false,
            DisablePayloadSigning = !bucket.HasSignedBodies,
            ChecksumCRC32C = bucket.Options.WithSums ? S3Sum.Of(bytes) : null,
        };
        request.Metadata[MarkName] = mark;
        return request;
    }
}
