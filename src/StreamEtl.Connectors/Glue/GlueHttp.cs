using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using StreamEtl.Connectors.Aws;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Glue;

/// <summary>Glue's protocol, JSON 1.1 (<c>x-amz-target: AWSGlue.OPERATION</c>), signed by AWSSDK.Core. Tried again while that may help.</summary>
internal sealed class GlueHttp : IDisposable
{
    private const int Attempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Passing =
    [
        "ThrottlingException",
        "RequestLimitExceeded",
        "InternalServiceException",
        "OperationTimeoutException",
        "ConcurrentModificationException",
        "FederationSourceRetryableException",
    ];

    private static readonly string[] Denied =
    [
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "ExpiredTokenException",
        "MissingAuthenticationTokenException",
    ];

    private readonly GlueConfig _config;
    private readonly Uri _endpoint;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private AWSCredentials? _credentials;

    /// <summary>Reaches the service that the environment says. Nothing is asked of it yet.</summary>
    public GlueHttp(Func<string, string?> variable)
    {
        AwsSettings settings = AwsSettings.Read("GLUE", variable);
        _config = settings.Fill(new GlueConfig());
        _endpoint = settings.Endpoint ?? new Uri(_config.DetermineServiceOperationEndpoint(null!).URL);
        Region = settings.SigningRegion;
    }

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; }

    /// <summary>Asks; the answer is an object.</summary>
    /// <exception cref="GlueFault">The service refused.</exception>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Unavailable"/>, <see cref="ErrorKind.AccessDenied"/>.</exception>
    public async Task<JsonElement> CallAsync(string operation, byte[] content, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                return await CallOnceAsync(operation, content, cancellationToken).ConfigureAwait(false);
            }
            catch (GlueFault e) when (Passing.Contains(e.Code, StringComparer.Ordinal))
            {
                failure = e;
            }
            catch (GlueFault e) when (Denied.Contains(e.Code, StringComparer.Ordinal))
            {
                throw Error(
                    ErrorKind.AccessDenied,
                    $"access to the catalog is denied: {e.Message}",
                    "check the credentials and the policy: glue:" + operation,
                    e
                );
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                failure = e;
            }
            if (attempt == Attempts)
            {
                throw Error(
                    ErrorKind.Unavailable,
                    $"the catalog does not answer as it should: {failure.Message}",
                    "run again later; if it is not AWS itself, check AWS_ENDPOINT_URL_GLUE",
                    failure
                );
            }
            double pause = FirstPause.TotalSeconds * Math.Pow(2, attempt - 1) * (0.5 + (Random.Shared.NextDouble() / 2));
            await Task.Delay(TimeSpan.FromSeconds(pause), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> CallOnceAsync(string operation, byte[] content, CancellationToken cancellationToken)
    {
        _credentials ??= await AwsIdentity.FindAsync(_config).ConfigureAwait(false);
        var signed = new DefaultRequest(new GlueRequest(), GlueConfig.Service)
        {
            Endpoint = _endpoint,
            ResourcePath = "/",
            HttpMethod = "POST",
            Content = content,
            AuthenticationRegion = Region,
            OverrideSigningServiceName = GlueConfig.Service,
        };
        signed.Headers["Content-Type"] = "application/x-amz-json-1.1";
        signed.Headers["X-Amz-Target"] = "AWSGlue." + operation;
        using HttpRequestMessage request = await AwsHttp
            .SignAsync(signed, _config, _credentials, new ByteArrayContent(content))
            .ConfigureAwait(false);
        using HttpResponseMessage answer = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return body.Length == 0 ? JsonElement.Parse("{}") : JsonElement.Parse(body);
        }
        throw Fault(answer.StatusCode, body);
    }

    private static GlueFault Fault(HttpStatusCode status, byte[] body)
    {
        string code = (int)status >= 500 ? "InternalServiceException" : status.ToString();
        string message = $"HTTP {(int)status}";
        try
        {
            JsonElement error = JsonElement.Parse(body);
            if (error.TryGetProperty("__type", out JsonElement type) && type.GetString() is { } name)
            {
                code = name[(name.LastIndexOf('#') + 1)..];
            }
            foreach (string member in (ReadOnlySpan<string>)["Message", "message"])
            {
                message = error.TryGetProperty(member, out JsonElement text) ? text.GetString() ?? message : message;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Something between us and the service answered.
        }
        return new GlueFault(code, message);
    }

    private static StreamEtlException Error(ErrorKind kind, string message, string hint, Exception inner) =>
        new(kind, message, hint: hint, innerException: inner);
}
