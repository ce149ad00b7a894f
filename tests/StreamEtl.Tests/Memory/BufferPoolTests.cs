using StreamEtl.Memory;

namespace StreamEtl.Tests.Memory;

public sealed class BufferPoolTests
{
    [Fact]
    public void BufferPool_LeaseDisposed_NothingOutstanding()
    {
        var pool = new BufferPool(new MemoryBudget(1 << 20));
        using (BufferLease lease = pool.Lease())
        {
            Assert.True(lease.Rent<long>(1000).Length >= 1000);
            Assert.Equal(1, pool.OutstandingLeases);
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }
}
