using System.Diagnostics;
using System.Globalization;
using StreamEtl.Errors;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>
/// Damages small corpus files in random places and reads them: no exception but the one type, no hang, no allocation beyond a bound, nothing left rented.
/// <c>STREAMETL_FUZZ_PARQUET</c> sets the number of mutants, <c>STREAMETL_FUZZ_SEED</c> the seed.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int DefaultMutants = 20_000;
    private const int LargestFile = 20_000;
    private const long MostAllocated = 1L << 30;

    [Fact]
    public void Read_Mutants_GiveRowsOrATypedError()
    {
        int mutants = Setting("STREAMETL_FUZZ_PARQUET", DefaultMutants);
        int seed = Setting("STREAMETL_FUZZ_SEED", 20260601);
        output.WriteLine($"seed {seed}");
        byte[][] files =
        [
            .. ParquetCorpus
                .Files.Where(f => f.Tier is "must" or "should")
                .Select(f => File.ReadAllBytes(f.Path))
                .Where(b => b.Length <= LargestFile),
        ];
        string folder = Directory.CreateTempSubdirectory("streametl-fuzz").FullName;
        int refused = 0;
        long slowest = 0;
        try
        {
            Parallel.For(
                0,
                mutants,
                i =>
                {
                    var random = new Random(unchecked((seed * 1_000_003) + i));
                    byte[] bytes = Mutate(files[random.Next(files.Length)], random);
                    int rowsPerUnit = random.Next(2) == 0 ? 0 : random.Next(1, 200);
                    string path = Path.Combine(folder, Environment.CurrentManagedThreadId.ToString(CultureInfo.InvariantCulture));
                    File.WriteAllBytes(path, bytes);
                    long allocated = GC.GetAllocatedBytesForCurrentThread();
                    var clock = Stopwatch.StartNew();
                    StreamEtlException? error;
                    try
                    {
                        error = DamageTests.Record(path, out _, rowsPerUnit);
                    }
                    catch (Exception e)
                    {
                        string kept = Path.Combine(Path.GetTempPath(), $"streametl-crash-{seed}-{i}.parquet");
                        File.WriteAllBytes(kept, bytes);
                        throw new InvalidOperationException($"mutant {i} of seed {seed} (kept as {kept}) failed", e);
                    }
                    Assert.InRange(clock.ElapsedMilliseconds, 0, 20_000);
                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocated);
                    if (error is not null)
                    {
                        Interlocked.Increment(ref refused);
                    }
                    slowest = Math.Max(slowest, clock.ElapsedMilliseconds);
                }
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        output.WriteLine($"{mutants} mutants of {files.Length} files: {refused} refused, slowest {slowest} ms");
        // Were nothing refused, nothing would have been damaged.
        Assert.InRange(refused, mutants / 4, mutants);
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : fallback;

    /// <summary>A few bytes changed, inserted, removed or moved; often near the footer, where every byte means something.</summary>
    private static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            int at =
                random.Next(2) == 0 ? random.Next(bytes.Count) : Math.Max(0, bytes.Count - 9 - random.Next(Math.Min(2000, bytes.Count)));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F;
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.RemoveAt(at);
                    break;
                default:
                    int length = Math.Min(random.Next(1, 16), bytes.Count - at);
                    byte[] run = [.. bytes.GetRange(random.Next(bytes.Count - length + 1), length)];
                    for (int i = 0; i < length; i++)
                    {
                        bytes[at + i] = run[i];
                    }
                    break;
            }
        }
        return [.. bytes];
    }
}
