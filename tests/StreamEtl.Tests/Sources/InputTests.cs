using System.IO.Compression;
using StreamEtl.Errors;
using StreamEtl.Sources;
using TextEncoding = System.Text.Encoding;

namespace StreamEtl.Tests.Sources;

public sealed class InputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-input-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FileInput_ReadTwice_GivesTheSame()
    {
        byte[] text = GzipSourceTests.Make("table", 500_000);
        await using var input = new FileInput(Write("a.csv", text));
        Assert.Equal(text.Length, input.Info.Length);
        Assert.Equal(text, await ReadAsync(input));
        Assert.Equal(text, await ReadAsync(input));
    }

    [Fact]
    public async Task FileInput_GzipByItsBytes_IsDecompressed()
    {
        byte[] text = GzipSourceTests.Make("table", 500_000);
        await using var input = new FileInput(Write("a.csv", GzipSourceTests.Gzip(text)));
        Assert.Equal(text, await ReadAsync(input));
    }

    [Theory]
    [InlineData("a.csv.gz")]
    [InlineData("a.csv.zip")]
    [InlineData("a.csv.zst")]
    public async Task FileInput_NamePromisesCompressionThatTheBytesLack_IsDamage(string name)
    {
        foreach (byte[] content in new byte[][] { [], "id,name\n1,a\n"u8.ToArray() })
        {
            await using var input = new FileInput(Write(name, content));
            await AssertFails(input, ErrorKind.DamagedCompression);
        }
    }

    [Fact]
    public async Task FileInput_Missing_NamesTheNearest()
    {
        Write("customers.csv", "a"u8);
        await using var input = new FileInput(Path.Join(_folder, "custmers.csv"));
        StreamEtlException e = await AssertFails(input, ErrorKind.InputNotFound);
        Assert.Contains($"did you mean '{Path.Join(_folder, "customers.csv")}'", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileInput_Folder_SaysSo()
    {
        await using var input = new FileInput(_folder);
        Assert.Contains("folder", (await AssertFails(input, ErrorKind.InputNotFound)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileInput_ChangedWhileRead_IsAnError()
    {
        string path = Write("a.csv", new byte[300_000]);
        await using var input = new FileInput(path);
        await using IByteSource source = await input.OpenAsync(default);
        Assert.True(await source.ReadAsync(new byte[1000], default) > 0);
        await using (FileStream more = File.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            more.Write("more\n"u8);
        }
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => MemorySource.ReadAllAsync(source));
        Assert.Equal(ErrorKind.Io, e.Kind);
        Assert.Contains("changed while it was read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileInput_ReplacedBetweenReadings_IsAnError()
    {
        string path = Write("a.csv", "a\n1\n"u8);
        await using var input = new FileInput(path);
        await ReadAsync(input);
        Write("a.csv", "a\n1\n2\n"u8);
        await AssertFails(input, ErrorKind.Io);
    }

    [Fact]
    public async Task FileInput_ZipWithOneFile_IsRead()
    {
        byte[] text = GzipSourceTests.Make("table", 500_000);
        await using var input = new FileInput(Zip("a.zip", ("folder/", []), ("folder/a.csv", text), ("__MACOSX/folder/._a.csv", [1])));
        Assert.Equal(text, await ReadAsync(input));
        Assert.Equal(text, await ReadAsync(input));
    }

    [Fact]
    public async Task FileInput_ZipWithTwoFiles_ListsThem()
    {
        await using var input = new FileInput(Zip("a.zip", ("a.csv", [1]), ("b.csv", [2])));
        StreamEtlException e = await AssertFails(input, ErrorKind.Unsupported);
        Assert.Contains("'a.csv', 'b.csv'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../evil.csv")]
    [InlineData("/evil.csv")]
    [InlineData("..\\evil.csv")]
    [InlineData("C:\\evil.csv")]
    public async Task FileInput_ZipThatLeavesItsFolder_IsRefused(string name)
    {
        await using var input = new FileInput(Zip("a.zip", (name, "id\n1\n"u8.ToArray())));
        await AssertFails(input, ErrorKind.Unsupported);
        Assert.Equal(["a.zip"], Directory.EnumerateFileSystemEntries(_folder).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task FileInput_DamagedZip_IsNeverAccepted()
    {
        byte[] text = GzipSourceTests.Make("table", 20_000);
        byte[] stored = await File.ReadAllBytesAsync(Zip("a.zip", ("a.csv", text)));
        var random = new Random(11);
        int refused = 0;
        for (int run = 0; run < 300; run++)
        {
            byte[] damaged = [.. stored];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            await using var input = new FileInput(Write("b.zip", run % 3 == 0 ? stored[..random.Next(stored.Length)] : damaged));
            try
            {
                Assert.Equal(text, await ReadAsync(input));
            }
            catch (StreamEtlException e)
            {
                Assert.True(e.Kind is ErrorKind.DamagedCompression or ErrorKind.Unsupported, e.ToString());
                refused++;
            }
        }
        Assert.True(refused > 200, $"only {refused} refused");
    }

    [Fact]
    public async Task FileInput_OtherCompression_NamesATool()
    {
        await using var input = new FileInput(Write("a.csv", [.. "BZh91AY&SY"u8, 1, 2, 3]));
        StreamEtlException e = await AssertFails(input, ErrorKind.Unsupported);
        Assert.Contains("bzip2 -dc", e.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task StandardInput_WithSpool_BeginsAgain(int readFirst)
    {
        byte[] text = GzipSourceTests.Make("table", 900_000);
        await using var input = new StandardInput(new MemoryStream(text), _folder);
        await using (IByteSource first = await input.OpenAsync(default))
        {
            var buffer = new byte[4096];
            while (first.Position < readFirst && await first.ReadAsync(buffer, default) > 0) { }
            Assert.True(input.SpooledBytes >= first.Position);
        }
        Assert.Equal(text, await ReadAsync(input));
        Assert.Equal(text, await ReadAsync(input));
        Assert.Equal(text.Length, input.SpooledBytes);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    /// <summary>A job that begins again cancels what reads for it, and that may be waiting for the pipe just then.</summary>
    [Theory]
    [InlineData(5000, 4096)]
    [InlineData(70_000, 70_000)]
    [InlineData(70_000, 1000)]
    public async Task StandardInput_ReadingCancelledWhileThePipeIsSilent_LosesNothingToTheNext(int before, int bufferBytes)
    {
        byte[] text = GzipSourceTests.Make("table", 300_000);
        var pipe = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));
        await using var input = new StandardInput(pipe.Reader.AsStream(), _folder);
        await pipe.Writer.WriteAsync(text.AsMemory(0, before));
        using var cancel = new CancellationTokenSource();
        await using (IByteSource first = await input.OpenAsync(default))
        {
            var buffer = new byte[bufferBytes];
            while (first.Position < before)
            {
                Assert.InRange(await first.ReadAsync(buffer, default), 1, bufferBytes);
            }
            Task<int> waiting = first.ReadAsync(buffer, cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        await pipe.Writer.WriteAsync(text.AsMemory(before));
        await pipe.Writer.CompleteAsync();
        Assert.Equal(text, await ReadAsync(input));
        Assert.Equal(text, await ReadAsync(input));
    }

    [Fact]
    public async Task StandardInput_WithoutSpool_IsReadOnce()
    {
        await using var input = new StandardInput(new MemoryStream([1, 2, 3]), null);
        Assert.Equal([1, 2, 3], await ReadAsync(input));
        await AssertFails(input, ErrorKind.Internal);
        Assert.Equal(0, input.SpooledBytes);
    }

    [Fact]
    public async Task StandardInput_Gzip_IsDecompressedTwice()
    {
        byte[] text = GzipSourceTests.Make("table", 100_000);
        await using var input = new StandardInput(new MemoryStream(GzipSourceTests.Gzip(text)), _folder);
        Assert.Equal(text, await ReadAsync(input));
        Assert.Equal(text, await ReadAsync(input));
    }

    [Fact]
    public async Task StandardInput_PipeThatNeverSpeaks_CanBeCancelled()
    {
        await using var silent = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        var pipe = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, silent.GetClientHandleAsString());
        var input = new StandardInput(pipe, null);
        using var cancel = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await input.OpenAsync(cancel.Token));
        await silent.DisposeAsync();
        await input.DisposeAsync();
    }

    /// <summary>Reliability G2: memory does not grow with what a bomb expands to. A file is read without leaving the thread.</summary>
    [Theory]
    [InlineData("bomb.csv.gz")]
    [InlineData("bomb.zip")]
    public async Task FileInput_Bomb_IsReadInBoundedMemory(string name)
    {
        const int Bytes = 64 << 20;
        string path = name.EndsWith(".zip", StringComparison.Ordinal)
            ? Zip(name, ("a.csv", new byte[Bytes]))
            : Write(name, GzipSourceTests.Gzip(new byte[Bytes]));
        Assert.True(new FileInfo(path).Length < Bytes / 500);
        await using var input = new FileInput(path);
        var buffer = new byte[1 << 16];
        long before = GC.GetAllocatedBytesForCurrentThread();
        await using IByteSource source = await input.OpenAsync(default);
        long total = 0;
        int count;
        while ((count = await source.ReadAsync(buffer, default)) > 0)
        {
            total += count;
        }
        Assert.Equal(Bytes, total);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 24 << 20);
    }

    private static async Task<byte[]> ReadAsync(IByteInput input)
    {
        await using IByteSource source = await input.OpenAsync(default);
        return await MemorySource.ReadAllAsync(source);
    }

    private static async Task<StreamEtlException> AssertFails(IByteInput input, ErrorKind kind)
    {
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => ReadAsync(input));
        Assert.Equal(kind, e.Kind);
        return e;
    }

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Join(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string Zip(string name, params (string Name, byte[] Content)[] entries)
    {
        string path = Path.Join(_folder, name);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create, TextEncoding.UTF8);
        foreach ((string entry, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(entry).Open();
            stream.Write(content);
        }
        return path;
    }
}
