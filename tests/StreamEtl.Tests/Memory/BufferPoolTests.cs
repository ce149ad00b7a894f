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
    public void MemoryBudget_GiveBack_EmptiesEveryPoolOfIdleArrays()
    {
        var budget = new MemoryBudget(1 << 20);
        var one = new BufferPool(budget);
        var other = new BufferPool(budget);
        _ = RentOnce(one, 4 << 10);
        using BufferLease lease = other.Lease();
        byte[] used = lease.Rent<byte>(8 << 10);
        budget.GiveBack();
        Assert.Equal(used.Length, budget.Used);
    }

    [Theory]
    [InlineData(125_000_000)]
    [InlineData(150_000_000)]
    [InlineData(228_000_000)]
    public void HeapLimit_LittleMemory_LeavesRoomForTheRuntime(long memory) =>
        Assert.InRange(HeapLimit.Bytes(memory), memory / 2, memory - 37_000_000);

    [Theory]
    [InlineData(64 << 10)]
    [InlineData(4 << 10)]
    public void BufferPool_ASomewhatLargerArrayIsIdle_Serves(int capacity)
    {
        var pool = new BufferPool(new MemoryBudget(1 << 20), capacity);
        byte[] larger = RentOnce(pool, 4 << 10);
        Assert.Same(larger, RentOnce(pool, 2 << 10));
        Assert.NotSame(larger, RentOnce(pool, 1 << 10));
    }

    [Theory]
    [InlineData(4 << 10, 48 << 10)]
    [InlineData(48 << 10, 4 << 10)]
    public void BufferPool_AtCapacity_KeepsTheSizeThatWasAskedForLast(int usual, int rare)
    {
        var pool = new BufferPool(new MemoryBudget(1 << 20), capacity: 64 << 10);
        byte[] kept = RentOnce(pool, usual);
        byte[] dropped = RentOnce(pool, rare);
        Assert.Same(kept, RentOnce(pool, usual));
        _ = RentOnce(pool, 16 << 10);
        Assert.Same(kept, RentOnce(pool, usual));
        Assert.NotSame(dropped, RentOnce(pool, rare));
    }

    [Fact]
    public void BufferPool_BeyondCapacity_StillRents()
    {
        var budget = new MemoryBudget(1 << 20);
        var pool = new BufferPool(budget, capacity: 1 << 10);
        using BufferLease lease = pool.Lease();
        Assert.True(lease.Rent<byte>(100_000).Length >= 100_000);
    }

    private static byte[] RentOnce(BufferPool pool, int size)
    {
        using BufferLease lease = pool.Lease();
        return lease.Rent<byte>(size);
    }
}
