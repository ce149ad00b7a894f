using System.Security.Cryptography;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Model.Internal.MarshallTransformations;
using StreamEtl.Connectors.Aws;

namespace StreamEtl.Connectors.S3;

/// <summary>
/// The two requests of a bucket that carry bytes: ranges of objects, parts of uploads. The SDK describes and signs them; only their way is not its own, for its streams copy what passes through them,
/// and its pipeline of handlers works longer on each request than the network does. Both together were a tenth of a run from bucket to bucket.
/// </summary>
internal sealed class S3Line(AmazonS3Config config) : IDisposable
{
    /// <summary>Stands for the hash of a body in a signature that does not cover it (docs.aws.amazon.com, "Create a signed AWS API request").</summary>
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>What a server says of an error fits.</summary>
    private const int MostOfError = 64 << 10;

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Stores change their addresses.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }
    )
    {
        // Each request comes with a patience of its own.
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "streametl" } },
    };

    private AWSCredentials? _credentials;
    private Uri? _endpoint;

    /// <summary>Asks for a range; the content of the answer is still on its way.</summary>
    /// <exception cref="AmazonS3Exception">The server refused.</exception>
    public Task<HttpResponseMessage> GetAsync(GetObjectRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, new GetObjectRequestMarshaller().Marshall(request), null, cancellationToken);

    /// <summary>Sends a part.</summary>
    /// <param name="request">Of what it is a part.</param>
    /// <param name="part">Its bytes.</param>
    /// <param name="isSigned">Whether the signature covers them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AmazonS3Exception">The server refused.</exception>
    public async Task<PartETag> PutAsync(
        UploadPartRequest request,
        ArraySegment<byte> part,
        bool isSigned,
        CancellationToken cancellationToken
    )
    {
        IRequest put = new UploadPartRequestMarshaller().Marshall(request);
        put.PrecomputedContentSha256 = isSigned ? Convert.ToHexStringLower(SHA256.HashData(part)) : Unsigned;
        using var content = new ByteArrayContent(part.Array!, part.Offset, part.Count);
        using HttpResponseMessage answer = await SendAsync(request, put, content, cancellationToken).ConfigureAwait(false);
        string tag = AwsHttp.Value(answer.Headers, "ETag") ?? throw new IOException("the server does not say a part's tag");
        return new PartETag(request.PartNumber!.Value, tag)
        {
            ChecksumCRC32 = AwsHttp.Value(answer.Headers, "x-amz-checksum-crc32"),
            ChecksumCRC32C = AwsHttp.Value(answer.Headers, "x-amz-checksum-crc32c"),
            ChecksumCRC64NVME = AwsHttp.Value(answer.Headers, "x-amz-checksum-crc64nvme"),
            ChecksumSHA1 = AwsHttp.Value(answer.Headers, "x-amz-checksum-sha1"),
            ChecksumSHA256 = AwsHttp.Value(answer.Headers, "x-amz-checksum-sha256"),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        AmazonWebServiceRequest asked,
        IRequest request,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        _credentials ??= await AwsIdentity.FindAsync(config).ConfigureAwait(false);
        request.Endpoint = _endpoint ??= Endpoint(asked);
        // S3 alone signs a key as it is sent.
        request.UseDoubleEncoding = false;
        using HttpRequestMessage message = await AwsHttp.SignAsync(request, config, _credentials, content).ConfigureAwait(false);
        HttpResponseMessage answer = await _http
            .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }
        using (answer)
        {
            throw await RefusalAsync(answer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where the bucket is: the same for each request, so the SDK need go through its rules for it only once. The key follows behind a slash of its own.</summary>
    private Uri Endpoint(AmazonWebServiceRequest request) =>
        new(config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request)).URL.TrimEnd('/'));

    /// <summary>What the server says (docs.aws.amazon.com/AmazonS3, "Error Responses"), as the SDK's client would throw it.</summary>
    private static async Task<AmazonS3Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string code = "";
        string message = "";
        try
        {
            await answer.Content.LoadIntoBufferAsync(MostOfError, cancellationToken).ConfigureAwait(false);
            Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var error = XmlReader.Create(body);
            while (error.Read())
            {
                if (error is { NodeType: XmlNodeType.Element, Depth: 1 })
                {
                    string name = error.LocalName;
                    string text = error.ReadString();
                    code = name == "Code" ? text : code;
                    message = name == "Message" ? text : message;
                }
            }
        }
        catch (Exception e) when (e is XmlException or HttpRequestException)
        {
            // Something on the way has answered, or the answer broke off; its status says enough.
        }
        return new AmazonS3Exception(message.Length > 0 ? message : code, ErrorType.Unknown, code, null, answer.StatusCode);
    }
}
