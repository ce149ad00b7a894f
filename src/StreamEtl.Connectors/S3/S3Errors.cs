using Amazon.Runtime;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>Failures in words that say what to do.</summary>
internal static class S3Errors
{
    /// <summary>The error for a request about a key (or a prefix, or nothing) of a store.</summary>
    public static StreamEtlException From(S3Failure failure, string store, string key)
    {
        (ErrorKind kind, string message, string? hint) = failure.Fault switch
        {
            S3Fault.NoObject => (ErrorKind.InputNotFound, "no such object", "check the name"),
            S3Fault.NoBucket => (
                ErrorKind.InputNotFound,
                $"there is no bucket '{Bucket(store)}'",
                "check its name, and that the region (AWS_REGION) or the server (AWS_ENDPOINT_URL_S3) is the one that has it"
            ),
            S3Fault.NoUpload => (ErrorKind.Io, "the upload was ended by somebody else while it was going on", "run again"),
            S3Fault.Condition => (ErrorKind.Replaced, "the object was replaced, changed or deleted while it was in use", "run again"),
            S3Fault.Denied when failure.InnerException is not AmazonServiceException => (
                ErrorKind.AccessDenied,
                "there are no AWS credentials",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role is attached"
            ),
            S3Fault.Denied => (ErrorKind.AccessDenied, $"access is denied: {Said(failure)}", DeniedHint(failure)),
            S3Fault.Region => (
                ErrorKind.AccessDenied,
                $"the bucket is in another region than the one that was asked: {Said(failure)}",
                "set AWS_REGION to the bucket's region"
            ),
            S3Fault.Checksum => (
                ErrorKind.Unsupported,
                $"the server does not take the upload's checksums: {Said(failure)}",
                "set AWS_REQUEST_CHECKSUM_CALCULATION=when_required, which older S3 servers need"
            ),
            S3Fault.Passing => (
                ErrorKind.Unavailable,
                $"the store does not answer as it should: {Cause(failure)}",
                "run again later; if it is not AWS itself, check that AWS_ENDPOINT_URL_S3 names a server that runs"
            ),
            _ => (ErrorKind.Io, $"the store refuses: {Said(failure)}", null),
        };
        return new StreamEtlException(kind, message, StoreErrors.At(store, key), hint, failure.InnerException);
    }

    private static string Bucket(string store) => StorePath.Parse(store).Root["s3://".Length..];

    private static string DeniedHint(S3Failure failure) =>
        (failure.InnerException as AmazonServiceException)?.ErrorCode switch
        {
            "InvalidAccessKeyId" => "AWS_ACCESS_KEY_ID (or the profile) is not known there",
            "SignatureDoesNotMatch" => "AWS_SECRET_ACCESS_KEY (or the profile) does not belong to the access key",
            "ExpiredToken" or "InvalidToken" => "the session has run out: log in again",
            "RequestTimeTooSkewed" => "set this machine's clock",
            _ => "reading needs s3:GetObject and s3:ListBucket; writing s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload",
        };

    /// <summary>What the server said; some say it by the code alone.</summary>
    private static string Said(S3Failure failure) =>
        failure.InnerException is AmazonServiceException { ErrorCode: { Length: > 0 } code } service
        && (service.Message.Length == 0 || service.Message == code)
            ? code
            : failure.Message;

    /// <summary>The innermost message: the SDK wraps what the line says in less telling ones.</summary>
    private static string Cause(S3Failure failure)
    {
        if (failure.InnerException is OperationCanceledException or TimeoutException)
        {
            return "it was silent for too long";
        }
        Exception cause = failure;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }
        return cause is AmazonServiceException { StatusCode: > 0 } service
            ? $"{(int)service.StatusCode} {service.ErrorCode}"
            : cause.Message;
    }
}
