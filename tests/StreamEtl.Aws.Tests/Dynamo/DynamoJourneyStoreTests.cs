using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Errors;
using StreamEtl.Tests.Journeys;

namespace StreamEtl.Aws.Tests.Dynamo;

/// <summary>Journeys in DynamoDB, to the suite of all stores, over a real server.</summary>
public sealed class DynamoJourneyStoreTests : JourneyStoreConformance
{
    /// <summary>One table for all tests: what they do to it is told apart by keys.</summary>
    private const string Name = "dynamodb://journey_control?create=true";

    protected override IJourneyStore Open() => JourneyStores.Open(Name, DynamoServer.Instance.Variables(), TimeProvider.System);

    [Fact]
    public async Task Find_NoTable_SaysHowToMakeIt()
    {
        await using IJourneyStore store = JourneyStores.Open("dynamodb://missing", DynamoServer.Instance.Variables(), TimeProvider.System);
        var error = await Assert.ThrowsAsync<StreamEtlException>(async () => await store.FindAsync("k", CancellationToken.None));
        Assert.Equal(ErrorKind.InputNotFound, error.Kind);
        Assert.Contains("?create=true", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NoServer_IsUnavailable()
    {
        string nobody = $"http://127.0.0.1:{DynamoServer.FreePort()}";
        await using IJourneyStore store = JourneyStores.Open(Name, DynamoServer.Instance.Variables(nobody), TimeProvider.System);
        var error = await Assert.ThrowsAsync<StreamEtlException>(async () => await store.FindAsync("k", CancellationToken.None));
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
    }

    [Theory]
    [InlineData("dynamodb://a?x=1")]
    [InlineData("dynamodb://bad name")]
    [InlineData("s3://bucket")]
    public void Open_WrongName_IsAUsageError(string name) =>
        Assert.Equal(
            ErrorKind.Usage,
            Assert.Throws<StreamEtlException>(() => JourneyStores.Open(name, _ => null, TimeProvider.System)).Kind
        );
}
