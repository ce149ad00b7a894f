using Amazon.S3.Model;

namespace StreamEtl.Connectors.S3;

/// <summary>Ends uploads that nobody will finish.</summary>
internal static class S3Cleaner
{
    /// <summary>Aborts the uploads under a prefix that are old enough, and says how many.</summary>
    public static async ValueTask<int> CleanAsync(S3Bucket bucket, string prefix, CancellationToken cancellationToken)
    {
        DateTime alive = DateTime.UtcNow - bucket.Options.AbandonedAfter;
        int removed = 0;
        foreach (MultipartUpload upload in await ListAsync(bucket, prefix, cancellationToken).ConfigureAwait(false))
        {
            if (upload.Initiated?.ToUniversalTime() is { } begun && begun < alive)
            {
                try
                {
                    await AbortAsync(bucket, upload.Key, upload.UploadId, bucket.Options.Attempts, cancellationToken).ConfigureAwait(false);
                }
                catch (S3Failure failure)
                {
                    throw bucket.Error(failure, prefix);
                }
                removed++;
            }
        }
        return removed;
    }

    /// <summary>The unfinished uploads whose keys start with a prefix.</summary>
    public static async ValueTask<IReadOnlyList<MultipartUpload>> ListAsync(
        S3Bucket bucket,
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var uploads = new List<MultipartUpload>();
        ListMultipartUploadsResponse page;
        var request = new ListMultipartUploadsRequest { BucketName = bucket.Name, Prefix = bucket.FullKey(prefix) };
        do
        {
            page = await bucket
                .CallAsync(prefix, t => bucket.Client.ListMultipartUploadsAsync(request, t), cancellationToken)
                .ConfigureAwait(false);
            uploads.AddRange(page.MultipartUploads ?? []);
            request.KeyMarker = page.NextKeyMarker;
            request.UploadIdMarker = page.NextUploadIdMarker;
        } while (page.IsTruncated == true);
        return uploads;
    }

    /// <summary>Aborts an upload; that there is none is fine.</summary>
    /// <exception cref="S3Failure">It could not be done.</exception>
    public static async ValueTask AbortAsync(
        S3Bucket bucket,
        string fullKey,
        string uploadId,
        int attempts,
        CancellationToken cancellationToken
    )
    {
        var request = new AbortMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = fullKey,
            UploadId = uploadId,
        };
        try
        {
            await bucket
                .TryAsync(t => bucket.Client.AbortMultipartUploadAsync(request, t), bucket.Options.Patience, attempts, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (S3Failure failure) when (failure.Fault is S3Fault.NoUpload or S3Fault.NoObject)
        {
            // Somebody was faster, or an earlier try whose answer was lost.
        }
    }
}
