using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;

namespace StreamEtl.Connectors.Aws;

/// <summary>
/// Requests that the SDK describes and signs, as <see cref="HttpClient"/> sends them: for a service that there is no package of the SDK for, and where the SDK's own way to the network is
/// slow.
/// </summary>
internal static class AwsHttp
{
    /// <summary>Signs a request (AWS Signature Version 4).</summary>
    /// <param name="request">What is asked, and where; holds the content, or its hash.</param>
    /// <param name="config">Region and service.</param>
    /// <param name="credentials">Whose request it is; those that run out are renewed.</param>
    /// <param name="content">The content as it is sent, or null.</param>
    public static async ValueTask<HttpRequestMessage> SignAsync(
        IRequest request,
        IClientConfig config,
        AWSCredentials credentials,
        HttpContent? content
    )
    {
        ImmutableCredentials identity = await credentials.GetCredentialsAsync().ConfigureAwait(false);
        if (identity.UseToken)
        {
            // The signer leaves that to the SDK's pipeline.
            request.Headers["X-Amz-Security-Token"] = identity.Token;
        }
        AWS4SigningResult signature = new AWS4Signer().SignRequest(
            request,
            config,
            new RequestMetrics(),
            identity.AccessKey,
            identity.SecretKey
        );
        request.Headers["Authorization"] = signature.ForAuthorizationHeader;
        var message = new HttpRequestMessage(new HttpMethod(request.HttpMethod), AmazonServiceClient.ComposeUrl(request))
        {
            Content = content,
        };
        foreach ((string name, string value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                content?.Headers.TryAddWithoutValidation(name, value);
            }
        }
        return message;
    }

    /// <summary>The value of a header as it came, or null.</summary>
    public static string? Value(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;
}
