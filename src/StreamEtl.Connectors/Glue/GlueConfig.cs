using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace StreamEtl.Connectors.Glue;

/// <summary>What the signer of AWSSDK.Core has to know of a service that the SDK's own package is not here for.</summary>
internal sealed class GlueConfig : ClientConfig
{
    /// <summary>The service as signatures name it.</summary>
    public const string Service = "glue";

    public GlueConfig()
        : base(new DefaultConfigurationProvider([new DefaultConfiguration { Name = DefaultConfigurationMode.Standard }])) =>
        AuthenticationServiceName = Service;

    /// <inheritdoc/>
    public override string ServiceVersion => "2017-03-31";

    /// <inheritdoc/>
    public override string UserAgent => "streametl";

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => Service;

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        new(ServiceURL ?? $"https://{Service}.{RegionEndpoint.SystemName}.{RegionEndpoint.PartitionDnsSuffix}/");
}
