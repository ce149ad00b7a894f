using Amazon.S3.Model;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>Says of an object that is not there what there is instead.</summary>
internal static class S3Neighbours
{
    private const int Enough = 1000;

    /// <summary>The error for an object that is not there: that there is no such bucket, or the nearest key beside it.</summary>
    public static async ValueTask<StreamEtlException> NotFoundAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        string folder = bucket.FullKey(key)[..(bucket.FullKey(key).LastIndexOf('/') + 1)];
        var request = new ListObjectsV2Request
        {
            BucketName = bucket.Name,
            Prefix = folder,
            Delimiter = "/",
            MaxKeys = Enough,
        };
        string[] names;
        try
        {
            ListObjectsV2Response page = await bucket
                .TryAsync(t => bucket.Client.ListObjectsV2Async(request, t), bucket.Options.Patience, attempts: 2, cancellationToken)
                .ConfigureAwait(false);
            names = [.. (page.S3Objects ?? []).Select(o => o.Key[folder.Length..]).Where(n => n.Length > 0)];
        }
        catch (S3Failure failure) when (failure.Fault == S3Fault.NoBucket)
        {
            return bucket.Error(failure, key);
        }
        catch (S3Failure)
        {
            // Whoever may read an object need not be allowed to list its neighbours.
            return StoreErrors.NotFound(bucket.Root, key);
        }
        string? nearest = NearestName.Find(key[(key.LastIndexOf('/') + 1)..], names);
        return nearest is null
            ? StoreErrors.NotFound(bucket.Root, key)
            : new StreamEtlException(
                ErrorKind.InputNotFound,
                "no such object",
                StoreErrors.At(bucket.Root, key),
                $"did you mean 's3://{bucket.Name}/{folder}{nearest}'?"
            );
    }
}
