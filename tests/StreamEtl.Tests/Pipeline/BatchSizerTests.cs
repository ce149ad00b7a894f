using System.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

public sealed class BatchSizerTests
{
    private const int Initial = 512 << 10;
    private const int Ceiling = 1 << 20;

    /// <summary>A tenth less for every step of two away from the best size, and a hundredth of noise.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    public void Current_OneSizeIsBest_EndsThere(int best)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            BatchSizer sizer = Run(Initial, Ceiling, seed, size => 1 - (0.1 * Math.Abs(Math.Log2(size / (best * 1024.0)))));
            Assert.Equal(best << 10, sizer.Current);
        }
    }

    [Fact]
    public void Current_AllSizesAreAlike_StaysWhereItBegan()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            BatchSizer sizer = Run(Initial, Ceiling, seed, _ => 1);
            Assert.Equal((Initial, Initial / 2, Initial * 2), (sizer.Current, sizer.Min, sizer.Max));
        }
    }

    [Fact]
    public void Current_UnitsOfManyRows_DoNotBecomeLarger()
    {
        BatchSizer sizer = Run(Initial, Ceiling, 1, size => size, rows: 4000);
        Assert.Equal((Initial, Initial / 2, Initial), (sizer.Current, sizer.Min, sizer.Max));
    }

    [Theory]
    [InlineData(Initial, 300 << 10, 300 << 10)]
    [InlineData(1 << 10, Ceiling, 64 << 10)]
    [InlineData(Initial, 1, 64 << 10)]
    public void Current_Limits_AreHeld(int initial, int ceiling, int expected)
    {
        BatchSizer sizer = Run(initial, ceiling, 1, _ => 1);
        Assert.Equal(expected, sizer.Current);
        Assert.InRange(sizer.Max, expected, Math.Max(ceiling, 64 << 10));
        Assert.InRange(sizer.Min, 64 << 10, expected);
    }

    /// <summary>The first units take ten times as long: code is compiled, files are opened.</summary>
    [Fact]
    public void Current_SlowStart_IsNotTakenForTheSize()
    {
        int units = 0;
        Assert.Equal(Initial, Run(Initial, Ceiling, 1, _ => ++units <= 10 ? 0.1 : 1).Current);
    }

    private static BatchSizer Run(int initial, int ceiling, int seed, Func<int, double> rate, int rows = 100)
    {
        var random = new Random(seed);
        var sizer = new BatchSizer(initial, ceiling);
        for (int i = 0; i < 400; i++)
        {
            int size = sizer.Current;
            double noise = 0.99 + (0.02 * random.NextDouble());
            sizer.Observe(size, (long)(size / (rate(size) * noise * 1e9) * Stopwatch.Frequency), rows);
        }
        return sizer;
    }
}
