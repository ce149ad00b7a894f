using Amazon;
using Amazon.Runtime;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Aws;

/// <summary>
/// What the environment says of one AWS service: its endpoint and its region. Credentials are not among it: see <see cref="AwsIdentity"/>. The names are those of all
/// AWS SDKs (docs.aws.amazon.com/sdkref, "Service-specific endpoints").
/// </summary>
/// <param name="Service">The service as endpoint variables name it: <c>S3</c>, <c>DYNAMODB</c>, <c>GLUE</c>.</param>
/// <param name="Endpoint">Where it answers, or null: where AWS has it in the region.</param>
/// <param name="Region">The region, or null: none is stated.</param>
public sealed record AwsSettings(string Service, Uri? Endpoint, string? Region)
{
    /// <summary>What requests are signed for when nothing states a region: servers other than AWS take it.</summary>
    private const string UsualRegion = "us-east-1";

    /// <summary>Reads the environment: the endpoint of the service before that of all services, none when they are switched off.</summary>
    /// <param name="service">The service as endpoint variables name it.</param>
    /// <param name="variable">An environment variable; null when it is absent.</param>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: an endpoint is not an address.</exception>
    public static AwsSettings Read(string service, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        string? region = First(variable, "AWS_REGION", "AWS_DEFAULT_REGION").Value;
        if (bool.TryParse(variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), out bool ignored) && ignored)
        {
            return new AwsSettings(service, null, region);
        }
        (string name, string? text) = First(variable, "AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL");
        return new AwsSettings(service, text is null ? null : Address(name, text), region);
    }

    /// <summary>The region that requests are signed for.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: AWS itself is meant, and nothing says in which region.</exception>
    public string SigningRegion =>
        Region
        ?? (Endpoint is not null ? UsualRegion : null)
        ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName
        ?? throw new StreamEtlException(
            ErrorKind.Usage,
            "no AWS region is stated",
            hint: "set AWS_REGION, for example AWS_REGION=sa-east-1"
        );

    /// <summary>
    /// Fills a client's configuration. Retries are the caller's: the SDK's own hide whether an earlier attempt may have worked, which conditional writes have to know.
    /// </summary>
    public T Fill<T>(T config)
        where T : ClientConfig
    {
        ArgumentNullException.ThrowIfNull(config);
        if (Endpoint is not null)
        {
            config.ServiceURL = Endpoint.ToString();
            config.AuthenticationRegion = SigningRegion;
        }
        else
        {
            config.IgnoreConfiguredEndpointUrls = true;
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(SigningRegion);
        }
        config.MaxErrorRetry = 0;
        return config;
    }

    private static (string Name, string? Value) First(Func<string, string?> variable, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (variable(name) is { Length: > 0 } value)
            {
                return (name, value);
            }
        }
        return ("", null);
    }

    /// <summary>A proxy's name and password may stand in an address, so what is refused is not shown.</summary>
    private static Uri Address(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new StreamEtlException(ErrorKind.Usage, $"{name} is not an address", hint: $"{name}=http://127.0.0.1:9000");
}
