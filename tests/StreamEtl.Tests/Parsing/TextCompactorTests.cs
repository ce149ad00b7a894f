using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parsing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>Texts that left their frame are what they were in it.</summary>
public sealed class TextCompactorTests
{
    private const int Seed = 20261124;

    [Fact]
    public void Compact_RandomViews_KeepsEveryTextAndLiesEndToEnd()
    {
        var random = new Random(Seed);
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        for (int i = 0; i < 2000; i++)
        {
            using BufferLease lease = pool.Lease();
            // Of any length and at any place, up to the frame's last byte: views need not be in its order, nor apart.
            byte[] frame = new byte[random.Next(0, 400)];
            random.NextBytes(frame);
            int count = random.Next(0, 100);
            TextView[] views = lease.Rent<TextView>(count);
            for (int r = 0; r < count; r++)
            {
                int length = random.Next(Math.Min(frame.Length, random.Next(1, 90)) + 1);
                views[r] = new TextView(random.Next(frame.Length - length + 1), length);
            }
            var column = new Column
            {
                Type = ColumnType.Text,
                Count = count,
                Views = views,
                Bytes = frame,
            };
            byte[][] expected = [.. Enumerable.Range(0, count).Select(r => column.Text(r).ToArray())];

            Column compact = TextCompactor.Compact(column, lease);

            int at = 0;
            for (int r = 0; r < count; r++)
            {
                Assert.True(compact.Text(r).SequenceEqual(expected[r]), $"seed {Seed}, case {i}, row {r}");
                Assert.Equal(at, compact.Views![r].Start);
                at += expected[r].Length;
            }
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }
}
