using StreamEtl.Cli.Runtime;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Tests.Runtime;

public sealed class RunLockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Lock_WhileHeld_IsRefusedAndNamesItsOwner()
    {
        string path = _folder["x.lock"];
        using (RunLock? first = RunLock.TryTake(path, out _))
        {
            Assert.NotNull(first);
            Assert.Null(first.TakenFrom);
            Assert.Null(RunLock.TryTake(path, out string owner));
            Assert.StartsWith($"process {Environment.ProcessId} on {Environment.MachineName} since 2", owner, StringComparison.Ordinal);
        }
        using RunLock? again = RunLock.TryTake(path, out _);
        Assert.NotNull(again);
    }

    [Fact]
    public void Lock_OfAnOwnerThatIsGone_IsTakenOver()
    {
        string path = _folder.Write("x.lock", "process 99999999 on elsewhere since 2026-01-01T00:00:00Z\nsome token\n");
        using RunLock? taken = RunLock.TryTake(path, out _);
        Assert.Equal("process 99999999 on elsewhere since 2026-01-01T00:00:00Z", taken?.TakenFrom);
    }

    /// <summary>The owner removes the file as it goes; whoever had it open meanwhile must not think that it holds a lock.</summary>
    [Fact]
    public void Lock_WantedByMany_IsHeldByOneAtATime()
    {
        string path = _folder["x.lock"];
        int holders = 0;
        int taken = 0;
        Parallel.For(
            0,
            8,
            _ =>
            {
                for (int i = 0; i < 300; i++)
                {
                    using RunLock? held = RunLock.TryTake(path, out string _);
                    if (held is null)
                    {
                        continue;
                    }
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    Interlocked.Increment(ref taken);
                    Thread.SpinWait(100);
                    Interlocked.Decrement(ref holders);
                }
            }
        );
        Assert.InRange(taken, 1, 2400);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Lock_WhereNothingCanBeWritten_SaysSo()
    {
        var e = Assert.Throws<StreamEtlException>(() => RunLock.TryTake(_folder["no/such/folder.lock"], out _));
        Assert.Equal(ErrorKind.Io, e.Kind);
    }

    public void Dispose() => _folder.Dispose();
}
