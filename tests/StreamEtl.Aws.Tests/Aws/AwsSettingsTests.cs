using Amazon.Runtime;
using Amazon.S3;
using StreamEtl.Connectors.Aws;
using StreamEtl.Errors;

namespace StreamEtl.Aws.Tests.Aws;

public sealed class AwsSettingsTests
{
    [Fact]
    public void Endpoint_OfTheService_WinsOverThatOfAll()
    {
        AwsSettings settings = Read(("AWS_ENDPOINT_URL", "http://all:1"), ("AWS_ENDPOINT_URL_S3", "http://s3:2"));
        Assert.Equal(new Uri("http://s3:2"), settings.Endpoint);
        Assert.Equal(new Uri("http://all:1"), Read(("AWS_ENDPOINT_URL", "http://all:1"), ("AWS_ENDPOINT_URL_GLUE", "http://g")).Endpoint);
        Assert.Equal(new Uri("http://all:1"), Read(("AWS_ENDPOINT_URL", "http://all:1"), ("AWS_ENDPOINT_URL_S3", "")).Endpoint);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public void Endpoints_SwitchedOff_AreIgnored(string value, bool off)
    {
        AwsSettings settings = Read(("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", value), ("AWS_ENDPOINT_URL_S3", "http://s3:2"));
        Assert.Equal(off, settings.Endpoint is null);
    }

    [Fact]
    public void Region_InBothVariables_IsTheFirst()
    {
        Assert.Equal("sa-east-1", Read(("AWS_REGION", "sa-east-1"), ("AWS_DEFAULT_REGION", "eu-west-1")).SigningRegion);
        Assert.Equal("eu-west-1", Read(("AWS_DEFAULT_REGION", "eu-west-1")).SigningRegion);
        Assert.Equal("us-east-1", Read(("AWS_ENDPOINT_URL", "http://x")).SigningRegion);
    }

    [Fact]
    public void Endpoint_ThatIsNoAddress_IsRefusedWithoutShowingIt()
    {
        StreamEtlException e = Assert.Throws<StreamEtlException>(() => Read(("AWS_ENDPOINT_URL_S3", "user:s3cret@host")));
        Assert.Equal(ErrorKind.Usage, e.Kind);
        Assert.Contains("AWS_ENDPOINT_URL_S3", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_Filled_HasEndpointAndRegionAndNoRetriesOfTheSdk()
    {
        AmazonS3Config custom = Read(("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_REGION", "sa-east-1")).Fill(new AmazonS3Config());
        Assert.Equal(("http://127.0.0.1:9/", "sa-east-1", 0), (custom.ServiceURL, custom.AuthenticationRegion, custom.MaxErrorRetry));
        AmazonS3Config plain = Read(("AWS_REGION", "sa-east-1")).Fill(new AmazonS3Config());
        Assert.Equal("sa-east-1", plain.RegionEndpoint.SystemName);
        Assert.Null(((ClientConfig)plain).ServiceURL);
    }

    private static AwsSettings Read(params (string Name, string Value)[] variables) =>
        AwsSettings.Read("S3", name => variables.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault());
}
