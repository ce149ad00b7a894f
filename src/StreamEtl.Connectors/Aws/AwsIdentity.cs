using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Aws;

/// <summary>Who signs requests: what the SDK's chain finds (environment, <c>AWS_PROFILE</c>, web identity, container, machine).</summary>
public static class AwsIdentity
{
    /// <summary>The credentials; those that run out are renewed by the SDK.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.AccessDenied"/>: there are none.</exception>
    public static async ValueTask<AWSCredentials> FindAsync(ClientConfig config)
    {
        try
        {
            var chain = new DefaultAWSCredentialsIdentityResolver();
            return await chain.ResolveIdentityAsync(config, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AmazonClientException e)
        {
            throw new StreamEtlException(
                ErrorKind.AccessDenied,
                "there are no AWS credentials",
                hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role is attached",
                innerException: e
            );
        }
    }
}
