using StreamEtl.Connectors.Records;
using StreamEtl.Storage;
using StreamEtl.Tests.Storage;

namespace StreamEtl.Tests.Records;

public sealed class RevisionedObjectsTests
{
    /// <summary>
    /// A writer that slept since it saw a revision, and whose look misses all that is newer, as a look into a folder may when two more writes are done in its course.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Write_TooLate_IsRefused_AlsoWhereTheLookMissesWhatIsNewer(int revision)
    {
        var store = new MemoryStore("m");
        var objects = new RevisionedObjects(store, "record");
        for (int r = 1; r <= 12; r++)
        {
            Assert.True(await objects.TryWriteAsync("x", r, [(byte)r], CancellationToken.None));
        }
        Assert.Null(await store.StatAsync("x-0000000004.json", CancellationToken.None));
        var sleeper = new RevisionedObjects(new ForgetfulStore(store, "x-0000000004.json"), "record");
        Assert.False(await sleeper.TryWriteAsync("x", revision, [99], CancellationToken.None));
        (long newest, byte[] bytes) = (await objects.FindAsync("x", CancellationToken.None))!.Value;
        Assert.Equal(12, newest);
        Assert.Equal([12], bytes);
    }

    /// <summary>Others may see a record and follow it before its writer has looked back: it was written all the same.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 1)]
    [InlineData(2, 6)]
    [InlineData(20, 6)]
    public async Task Write_FollowedAtOnce_IsDone(int revision, int followers)
    {
        var store = new MemoryStore("m");
        var objects = new RevisionedObjects(store, "record");
        for (int r = 1; r < revision; r++)
        {
            Assert.True(await objects.TryWriteAsync("x", r, [(byte)r], CancellationToken.None));
        }
        var slow = new InterruptedStore(
            store,
            async () =>
            {
                for (int r = revision + 1; r <= revision + followers; r++)
                {
                    Assert.Equal(r - 1, (await objects.FindAsync("x", CancellationToken.None))!.Value.Revision);
                    Assert.True(await objects.TryWriteAsync("x", r, [(byte)r], CancellationToken.None));
                }
            }
        );
        Assert.True(await new RevisionedObjects(slow, "record").TryWriteAsync("x", revision, [99], CancellationToken.None));
        Assert.Equal(revision + followers, (await objects.FindAsync("x", CancellationToken.None))!.Value.Revision);
    }

    [Fact]
    public async Task Forget_LeavesNothing()
    {
        var store = new MemoryStore("m");
        var objects = new RevisionedObjects(store, "record");
        for (int r = 1; r <= 5; r++)
        {
            Assert.True(await objects.TryWriteAsync("x", r, [(byte)r], CancellationToken.None));
        }
        await objects.ForgetAsync("x", 5, CancellationToken.None);
        Assert.Null(await objects.FindAsync("x", CancellationToken.None));
        await foreach (ObjectInfo left in store.ListAsync("", CancellationToken.None))
        {
            Assert.Fail($"{left.Key} is left");
        }
        Assert.True(await objects.TryWriteAsync("x", 1, [1], CancellationToken.None));
    }

    /// <summary>Has something happen before it is first asked about an object.</summary>
    private sealed class InterruptedStore(IObjectStore inner, Func<Task> happens) : PassingStore(inner)
    {
        private bool _happened;

        public override async ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
        {
            if (!_happened)
            {
                _happened = true;
                await happens();
            }
            return await base.StatAsync(key, cancellationToken);
        }
    }

    /// <summary>Does not list what comes behind a key.</summary>
    private sealed class ForgetfulStore(IObjectStore inner, string last) : PassingStore(inner)
    {
        public override async IAsyncEnumerable<ObjectInfo> ListAsync(
            string prefix,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            await foreach (ObjectInfo info in base.ListAsync(prefix, cancellationToken))
            {
                if (string.CompareOrdinal(info.Key, last) <= 0)
                {
                    yield return info;
                }
            }
        }
    }
}
