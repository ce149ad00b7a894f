using Amazon.S3.Model;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.S3;
using StreamEtl.Errors;
using StreamEtl.Storage;
using StreamEtl.Tests.Storage;

namespace StreamEtl.Aws.Tests.S3;

/// <summary>The suite of all stores over a real server, and what only this store does.</summary>
public sealed class S3StoreTests : ObjectStoreConformance
{
    private readonly string _root = S3Server.NewRoot();

    internal override IObjectStore Store => field ??= S3Server.Instance.Store(_root);

    protected override int RaceRounds => 15;

    [Fact]
    public async Task Upload_InParts_IsNotThereBeforeItsCommit_AndGoneWithoutOne()
    {
        await using (IObjectWriter writer = await Store.CreateAsync("big", default))
        {
            await writer.Stream.WriteAsync(Bytes(20 << 20));
            Assert.Null(await Store.StatAsync("big", default));
            await WaitForAsync(async () => (await S3Server.Instance.UploadsAsync(_root)).Count == 1);
        }
        Assert.Empty(await S3Server.Instance.UploadsAsync(_root));
        Assert.Null(await Store.StatAsync("big", default));
    }

    [Fact]
    public async Task IfAbsent_InParts_OverAnObject_IsFalseAndLeavesNoUpload()
    {
        await PutAsync("big", [1], WriteCondition.IfAbsent);
        await using (IObjectWriter writer = await Store.CreateAsync("big", default))
        {
            await writer.Stream.WriteAsync(Bytes(20 << 20));
            Assert.False(await writer.CommitAsync(WriteCondition.IfAbsent, default));
        }
        Assert.Equal([1], await Store.ReadWholeAsync("big", 10, default));
        Assert.Empty(await S3Server.Instance.UploadsAsync(_root));
    }

    [Fact]
    public async Task Clean_OfOldUploads_AbortsThemAndNothingElse()
    {
        S3Server server = S3Server.Instance;
        await PutAsync("kept", [1], WriteCondition.IfAbsent);
        await server.Client.InitiateMultipartUploadAsync(S3Server.Bucket, _root[$"s3://{S3Server.Bucket}/".Length..] + "/t/left");
        Assert.Equal(0, await Store.CleanAsync("", default));
        S3Store impatient = server.Store(_root, new S3Options { AbandonedAfter = TimeSpan.Zero });
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        Assert.Equal(0, await impatient.CleanAsync("u", default));
        Assert.Equal(1, await impatient.CleanAsync("t/", default));
        Assert.Empty(await server.UploadsAsync(_root));
        Assert.Equal("kept", Assert.Single(await ListAsync("")).Key);
    }

    [Fact]
    public async Task Parts_OfGrowingSize_AreOneObject()
    {
        S3Store store = S3Server.Instance.Store(_root, new S3Options { PartBytes = 5 << 20, PartsOfOneSize = 1 });
        byte[] bytes = Bytes((5 << 20) + (10 << 20) + (20 << 20) + 1);
        Assert.True(await store.WriteWholeAsync("x", bytes, WriteCondition.IfAbsent, default));
        byte[]? read = await store.ReadWholeAsync("x", bytes.Length, default);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
        string etag = (await store.StatAsync("x", default))!.Value.Tag;
        Assert.EndsWith("-4", etag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotFound_InABucketWithNeighbours_NamesTheNearest()
    {
        await PutAsync("in/orders.csv", [1], WriteCondition.IfAbsent);
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () =>
            await Store.OpenReadAsync("in/order.csv", null, default)
        );
        Assert.Equal(ErrorKind.InputNotFound, e.Kind);
        Assert.Equal($"did you mean '{_root}/in/orders.csv'?", e.Hint);
    }

    [Fact]
    public async Task NoBucket_ReadAndWritten_IsSaid()
    {
        S3Store none = S3Server.Instance.Store("s3://no-such-bucket/x");
        foreach (
            Func<Task> action in new Func<Task>[]
            {
                async () => await none.OpenReadAsync("a", null, default),
                async () => await none.ListAsync("", default).CountAsync(),
                async () => await none.WriteWholeAsync("a", new byte[1], WriteCondition.Replace, default),
                async () => await none.WriteWholeAsync("a", new byte[9 << 20], WriteCondition.Replace, default),
            }
        )
        {
            StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(action);
            Assert.Equal((ErrorKind.InputNotFound, "there is no bucket 'no-such-bucket'"), (e.Kind, e.Reason));
        }
    }

    [Fact]
    public async Task Nobody_AtTheEndpoint_IsSaidAfterAFewTries()
    {
        S3Store store = S3Server.Instance.Store(
            _root,
            new S3Options { Attempts = 3, FirstPause = TimeSpan.FromMilliseconds(5) },
            "http://127.0.0.1:9"
        );
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () => await store.StatAsync("a", default));
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        // Never reached the server, so nothing of it can be there.
        e = await Assert.ThrowsAsync<StreamEtlException>(async () =>
            await store.WriteWholeAsync("a", new byte[1], WriteCondition.IfAbsent, default)
        );
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
    }

    [Fact]
    public async Task Keys_OfFolderMarkers_AreNotObjects()
    {
        string prefix = _root[$"s3://{S3Server.Bucket}/".Length..];
        await S3Server.Instance.Client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = S3Server.Bucket,
                Key = prefix + "/a/",
                ContentBody = "",
                UseChunkEncoding = false,
            }
        );
        await PutAsync("a/x", [1], WriteCondition.IfAbsent);
        Assert.Equal("a/x", Assert.Single(await ListAsync("")).Key);
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 200, "it did not come to pass");
            await Task.Delay(50);
        }
    }
}
