using System.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Sinks;

namespace StreamEtl.Tests.Sinks;

public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-output-").FullName;

    private string Target => Path.Join(_folder, "out.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task StagedFile_UntilCommit_NothingIsVisible()
    {
        await using (IOutputFile output = OutputFile.Create(Target))
        {
            await output.Stream.WriteAsync("a,b\n"u8.ToArray());
            await output.Stream.WriteAsync(new byte[300_000]);
            Assert.False(File.Exists(Target));
            Assert.Single(Directory.EnumerateFiles(_folder, ".out.csv.*.tmp"));
            Assert.Equal(300_004, output.Length);
            await output.CommitAsync(default);
            Assert.Equal(300_004, new FileInfo(Target).Length);
        }
        Assert.Equal([Target], Directory.EnumerateFiles(_folder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StagedFile_WithoutCommit_LeavesWhatWasThere(bool existed)
    {
        if (existed)
        {
            await File.WriteAllTextAsync(Target, "old");
        }
        await using (IOutputFile output = OutputFile.Create(Target))
        {
            await output.Stream.WriteAsync(new byte[100_000]);
        }
        Assert.Equal(existed ? [Target] : [], Directory.EnumerateFiles(_folder));
        Assert.True(!existed || await File.ReadAllTextAsync(Target) == "old");
    }

    [Fact]
    public async Task StagedFile_OverItsOwnInput_ReadsTheOldBytes()
    {
        await File.WriteAllTextAsync(Target, "old");
        await using (FileStream input = File.OpenRead(Target))
        {
            await using IOutputFile output = OutputFile.Create(Target);
            await output.Stream.WriteAsync("new"u8.ToArray());
            await output.CommitAsync(default);
            Assert.Equal("old", await new StreamReader(input).ReadToEndAsync());
        }
        Assert.Equal("new", await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task StagedFile_CancelledCommit_RemovesTheFile()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await using (IOutputFile output = OutputFile.Create(Target))
        {
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await output.CommitAsync(cancelled.Token));
        }
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task StagedFile_Link_StaysALink()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string real = Path.Join(_folder, "real.csv");
        await File.WriteAllTextAsync(real, "old");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(Target, real);
        await using (IOutputFile output = OutputFile.Create(Target))
        {
            await output.Stream.WriteAsync("new"u8.ToArray());
            await output.CommitAsync(default);
        }
        Assert.Equal(real, File.ResolveLinkTarget(Target, true)!.FullName);
        Assert.Equal("new", await File.ReadAllTextAsync(real));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(real));
    }

    [Theory]
    [InlineData("none/out.csv", "mkdir -p")]
    [InlineData("", "name a file in it")]
    public void Create_NoSuchFolderOrAFolder_SaysWhatToDo(string name, string hint)
    {
        StreamEtlException e = Assert.Throws<StreamEtlException>(() => OutputFile.Create(Path.Join(_folder, name)));
        Assert.Equal(ErrorKind.Io, e.Kind);
        Assert.Contains(hint, e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Device_IsWrittenDirectly()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        await using (IOutputFile output = OutputFile.Create("/dev/null"))
        {
            await output.Stream.WriteAsync(new byte[1000]);
            await output.CommitAsync(default);
        }
        // Still the device: a file would keep what is written to it.
        await File.WriteAllTextAsync("/dev/null", "x");
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Fact]
    public async Task OutputStream_FullDisk_SaysSo()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        await using IOutputFile output = OutputFile.Create("/dev/full");
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () => await output.Stream.WriteAsync(new byte[100_000]));
        Assert.Equal(ErrorKind.Io, e.Kind);
        Assert.Contains("the disk is full", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_NamedPipe_IsWrittenDirectlyAndItsReaderMayLeave()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string pipe = Path.Join(_folder, "pipe");
        using (var make = Process.Start("mkfifo", pipe))
        {
            await make.WaitForExitAsync();
        }
        Task<string?> reader = Task.Run(async () =>
        {
            using var text = new StreamReader(pipe);
            return await text.ReadLineAsync();
        });
        await using IOutputFile output = await Task.Run(() => OutputFile.Create(pipe));
        await output.Stream.WriteAsync("first\n"u8.ToArray());
        await output.Stream.FlushAsync();
        Assert.Equal("first", await reader);
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () =>
        {
            await output.Stream.WriteAsync(new byte[1 << 20]);
        });
        Assert.Equal(ErrorKind.BrokenPipe, e.Kind);
    }
}
