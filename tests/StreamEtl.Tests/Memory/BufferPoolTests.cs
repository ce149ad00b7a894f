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

    [Fact]
    public void BufferPool_ArrayReturned_IsRentedAgain()
    {
        var pool = new BufferPool(new MemoryBudget(1 << 20));
        long[] first;
        using (BufferLease lease = pool.Lease())
        {
            first = lease.Rent<long>(1000);
        }
        using BufferLease again = pool.Lease();
        Assert.Same(first, again.Rent<long>(990));
    }

    [Fact]
    public void BufferPool_AtCapacity_IdleArraysMakeWayForOtherSizes()
    {
        var budget = new MemoryBudget(1 << 20);
        var pool = new BufferPool(budget, capacity: 64 << 10);
        for (int size = 1000; size < 60_000; size += 1000)
        {
            using BufferLease lease = pool.Lease();
            _ = lease.Rent<byte>(size);
            Assert.InRange(budget.Used, size, 64 << 10);
        }
        pool.Trim();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void BufferPool_BeyondCapacity_StillRents()
    {
        var budget = new MemoryBudget(1 << 20);
        var pool = new BufferPool(budget, capacity: 1 << 10);
        using BufferLease lease = pool.Lease();
        Assert.True(lease.Rent<byte>(100_000).Length >= 100_000);
    }
}
