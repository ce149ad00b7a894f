using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Dynamo;

/// <summary>What a failed request means, and its words.</summary>
internal static class DynamoErrors
{
    private static readonly string[] Throttled =
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "LimitExceededException",
        "TransactionInProgressException",
    ];

    private static readonly string[] Denied =
    [
        "AccessDeniedException",
        "UnrecognizedClientException",
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException",
        "InvalidSignatureException",
        "ExpiredTokenException",
    ];

    /// <summary>True for what another try may mend.</summary>
    public static bool IsPassing(Exception error, CancellationToken cancellationToken) =>
        error switch
        {
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            TimeoutException or IOException or HttpRequestException => true,
            AmazonDynamoDBException service => WasRefused(service) || (int)service.StatusCode is >= 500 or 408 or 0,
            AmazonUnmarshallingException => true,
            _ => false,
        };

    /// <summary>True when the request surely had no effect, because it was turned away at the door.</summary>
    public static bool WasRefused(Exception error) =>
        error is AmazonDynamoDBException service && Throttled.Contains(service.ErrorCode, StringComparer.Ordinal);

    /// <summary>The error that people see.</summary>
    public static StreamEtlException From(Exception error, string table)
    {
        (ErrorKind kind, string message, string? hint) = error switch
        {
            ResourceNotFoundException => (
                ErrorKind.InputNotFound,
                "there is no such table",
                "make it, with the key that its users expect, or let it be made: add ?create=true to its name; check AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB"
            ),
            AmazonDynamoDBException service when Denied.Contains(service.ErrorCode, StringComparer.Ordinal) => (
                ErrorKind.AccessDenied,
                $"access is denied: {service.Message}",
                "check the credentials; needed are dynamodb:GetItem, PutItem and, for lists, Scan"
            ),
            AmazonDynamoDBException { ErrorCode: "ValidationException" } service => (
                ErrorKind.Unsupported,
                $"the table refuses: {service.Message}",
                null
            ),
            _ when IsPassing(error, CancellationToken.None) => (
                ErrorKind.Unavailable,
                $"DynamoDB does not answer as it should: {error.Message}",
                "run again later"
            ),
            AmazonClientException => (
                ErrorKind.AccessDenied,
                "there are no AWS credentials",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role is attached"
            ),
            _ => (ErrorKind.Io, error.Message, null),
        };
        return new StreamEtlException(kind, message, new RecordPosition("dynamodb://" + table, 0, -1), hint, error);
    }
}
