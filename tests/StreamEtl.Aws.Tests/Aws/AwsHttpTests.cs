using Amazon.Runtime;
using Amazon.Runtime.Internal;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.Aws;
using StreamEtl.Connectors.Glue;

namespace StreamEtl.Aws.Tests.Aws;

public sealed class AwsHttpTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("token/of+a=role")]
    public async Task Request_Signed_IsOfItsKeyAndSession(string? token)
    {
        (bool isRight, string? token) seen = default;
        using var server = new LoopbackServer(
            (request, body) =>
            {
                seen = (Signature.IsRight(request, body, "glue"), request.Headers["X-Amz-Security-Token"]);
                return Task.FromResult<(int, byte[])?>((200, []));
            }
        );
        byte[] content = "{}"u8.ToArray();
        var asked = new DefaultRequest(new GlueRequest(), GlueConfig.Service)
        {
            Endpoint = new Uri(server.Endpoint),
            ResourcePath = "/",
            HttpMethod = "POST",
            Content = content,
            AuthenticationRegion = "sa-east-1",
        };
        AWSCredentials credentials = token is null
            ? new BasicAWSCredentials("testkey", "testsecret")
            : new SessionAWSCredentials("testkey", "testsecret", token);
        using HttpRequestMessage request = await AwsHttp.SignAsync(asked, new GlueConfig(), credentials, new ByteArrayContent(content));
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal((true, token), seen);
    }
}
