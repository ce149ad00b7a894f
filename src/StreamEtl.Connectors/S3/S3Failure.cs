using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace StreamEtl.Connectors.S3;

/// <summary>A request that failed, with what that means. Never leaves this folder.</summary>
internal sealed class S3Failure : Exception
{
    private S3Failure(S3Fault fault, bool mayHaveWorked, Exception inner)
        : base(inner.Message, inner)
    {
        Fault = fault;
        MayHaveWorked = mayHaveWorked;
    }

    /// <summary>What went wrong.</summary>
    public S3Fault Fault { get; }

    /// <summary>Whether the server may have carried the request out, or one of the tries before it.</summary>
    public bool MayHaveWorked { get; }

    /// <summary>What an exception of the SDK, of the line or of our own patience means.</summary>
    public static S3Failure Of(Exception e)
    {
        S3Fault fault = e switch
        {
            AmazonServiceException service when (int)service.StatusCode >= 300 => OfStatus(service),
            AmazonServiceException => S3Fault.Passing,
            // What the SDK throws where it finds nobody to sign for.
            AmazonClientException { InnerException: not (IOException or HttpRequestException or SocketException) } => S3Fault.Denied,
            AmazonClientException or HttpRequestException or IOException or SocketException => S3Fault.Passing,
            OperationCanceledException or TimeoutException => S3Fault.Passing,
            _ => S3Fault.Other,
        };
        return new S3Failure(fault, fault is S3Fault.Passing or S3Fault.Other && !NeverArrived(e), e);
    }

    /// <summary>The same, after tries of which one may have worked.</summary>
    public S3Failure After(bool mayHaveWorked) =>
        mayHaveWorked && !MayHaveWorked ? new S3Failure(Fault, mayHaveWorked: true, InnerException!) : this;

    private static S3Fault OfStatus(AmazonServiceException e) =>
        (e.StatusCode, e.ErrorCode) switch
        {
            (_, "NoSuchBucket") => S3Fault.NoBucket,
            (_, "NoSuchUpload") => S3Fault.NoUpload,
            (_, "AuthorizationHeaderMalformed" or "PermanentRedirect" or "IllegalLocationConstraintException") => S3Fault.Region,
            (_, "XAmzContentSHA256Mismatch" or "NotImplemented" or "MissingContentLength") => S3Fault.Checksum,
            (_, "ExpiredToken" or "InvalidToken" or "InvalidAccessKeyId" or "SignatureDoesNotMatch") => S3Fault.Denied,
            (_, "RequestTimeout" or "BadDigest" or "SlowDown" or "Throttling" or "ThrottlingException") => S3Fault.Passing,
            (HttpStatusCode.NotFound, _) => S3Fault.NoObject,
            (HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable, _) => S3Fault.Condition,
            (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, _) => S3Fault.Denied,
            (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect, _) => S3Fault.Region,
            (HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout, _) => S3Fault.Passing,
            (>= HttpStatusCode.InternalServerError, _) => S3Fault.Passing,
            _ => S3Fault.Other,
        };

    /// <summary>Whether it is certain that the server did nothing: it said so, or was never reached.</summary>
    private static bool NeverArrived(Exception e)
    {
        if (
            e
            is AmazonServiceException { StatusCode: > 0 and < HttpStatusCode.InternalServerError }
                or AmazonS3Exception { ErrorCode: "SlowDown" }
        )
        {
            return true;
        }
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            if (
                cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound }
                || cause is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            )
            {
                return true;
            }
        }
        return false;
    }
}
