using System.Collections.Concurrent;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>
/// Uses a <see cref="LocalStore"/> as its seed says, through some lives that end in power cuts, beside a model that knows for each key which contents it may have. One
/// number reproduces a run.
/// </summary>
internal sealed class StoreSimulation(int seed)
{
    private static readonly string[] Keys = ["x", "a/x", "a/y", "a/b/z", "commits/0001", "commits/0002", "commits/0003"];
    private static readonly ConcurrentDictionary<string, byte[]> Contents = new(StringComparer.Ordinal);
    private static readonly string Root = Path.GetFullPath("/data/store");

    private readonly Random _random = new(seed);

    /// <summary>For each key the contents that it may have, as text; null is no object. What was acknowledged is the only one.</summary>
    private readonly Dictionary<string, HashSet<string?>> _possible = Keys.ToDictionary(k => k, _ => new HashSet<string?> { null });
    private int _contents;

    /// <summary>Lives, each ended by a power cut.</summary>
    public int Lives { get; init; } = 3;

    /// <summary>Operations in a life, when nothing ends it earlier.</summary>
    public int Operations { get; init; } = 15;

    /// <summary>Whether the power fails in the middle; otherwise after the last operation.</summary>
    public bool CutsEarly { get; init; } = true;

    /// <summary>What lies between store and disk.</summary>
    public Func<IDisk, Random, IDisk>? Between { get; init; }

    /// <summary>Operations that threw a typed error.</summary>
    public int Errors { get; private set; }

    /// <summary>Operations that did what they say.</summary>
    public int Successes { get; private set; }

    /// <summary>Runs; null, or what is wrong.</summary>
    public async Task<string?> RunAsync()
    {
        try
        {
            var disk = new UnsyncedDisk();
            for (int life = 0; life < Lives; life++)
            {
                if (CutsEarly)
                {
                    disk.CutAt = _random.Next(1, 250);
                }
                try
                {
                    await LiveAsync(new LocalStore(Root, Between?.Invoke(disk, _random) ?? disk));
                }
                catch (PowerCutException)
                {
                    // That is how most lives end.
                }
                disk = disk.Crash(_random.Next());
                await VerifyAsync(disk);
            }
            return null;
        }
        catch (WrongStateException e)
        {
            return $"seed {seed}: {e.Message}";
        }
    }

    private async Task LiveAsync(LocalStore store)
    {
        for (int i = 0; i < Operations; i++)
        {
            string key = Keys[_random.Next(Keys.Length)];
            try
            {
                switch (_random.Next(10))
                {
                    case < 4:
                        await CommitAsync(store, key, WriteCondition.IfAbsent);
                        break;
                    case < 7:
                        await CommitAsync(store, key, WriteCondition.Replace);
                        break;
                    case 7:
                        _possible[key].Add(null);
                        await store.DeleteAsync(key, default);
                        _possible[key] = [null];
                        break;
                    case 8:
                        await using (IObjectWriter abandoned = await store.CreateAsync(key, default))
                        {
                            await abandoned.Stream.WriteAsync(Bytes(NewContent()));
                        }
                        break;
                    default:
                        await store.CleanAsync(_random.Next(2) == 0 ? "" : "a/", default);
                        await CheckAsync(store, key);
                        break;
                }
                Successes++;
            }
            catch (StreamEtlException e)
            {
                Errors++;
                Require(e.Kind is ErrorKind.Io or ErrorKind.OutcomeUnknown, $"an error of kind {e.Kind}: {e.Message}");
            }
        }
    }

    private async Task CommitAsync(LocalStore store, string key, WriteCondition condition)
    {
        string content = NewContent();
        HashSet<string?> before = _possible[key];
        bool mayTake = condition == WriteCondition.Replace || before.Contains(null);
        await using IObjectWriter writer = await store.CreateAsync(key, default);
        byte[] bytes = Bytes(content);
        int cut = _random.Next(bytes.Length);
        await writer.Stream.WriteAsync(bytes.AsMemory(0, cut));
        if (_random.Next(2) == 0)
        {
            await writer.Stream.FlushAsync();
        }
        await writer.Stream.WriteAsync(bytes.AsMemory(cut));
        _possible[key] = mayTake ? [.. before, content] : before;
        try
        {
            bool taken = await writer.CommitAsync(condition, default);
            Require(!taken || mayTake, $"'{key}' was taken although it was not free");
            Require(
                taken || (condition == WriteCondition.IfAbsent && before.Any(c => c is not null)),
                $"'{key}' was refused although it was free"
            );
            _possible[key] = taken ? [content] : [.. before.Where(c => c is not null)];
        }
        catch (StreamEtlException e) when (e.Kind != ErrorKind.OutcomeUnknown)
        {
            _possible[key] = before;
            throw;
        }
    }

    /// <summary>After a cut: every key is what it may be, nothing else is listed, and cleaning leaves no other file.</summary>
    private async Task VerifyAsync(UnsyncedDisk disk)
    {
        var store = new LocalStore(Root, disk);
        var there = new List<string>();
        foreach (string key in Keys)
        {
            string? content = await CheckAsync(store, key);
            _possible[key] = [content];
            if (content is not null)
            {
                there.Add(key);
            }
        }
        there.Sort(ObjectKey.Compare);
        List<string> listed = await store.ListAsync("", default).Select(o => o.Key).ToListAsync();
        Require(there.SequenceEqual(listed), $"listed: {string.Join(' ', listed)}; there: {string.Join(' ', there)}");
        await store.CleanAsync("", default);
        Require(disk.Files().Count == there.Count, $"files left: {string.Join(' ', disk.Files())}");
    }

    private async Task<string?> CheckAsync(LocalStore store, string key)
    {
        byte[]? bytes = await store.ReadWholeAsync(key, 1 << 20, default);
        string? content = bytes is null ? null : Content(bytes);
        Require(
            _possible[key].Contains(content),
            $"'{key}' is {content ?? "missing"}, and should be {string.Join(" or ", _possible[key].Select(c => c ?? "missing"))}"
        );
        return content;
    }

    private string NewContent() => $"{++_contents}";

    /// <summary>A content is its number, repeated a number of times that depends on it: each torn or mixed one is none.</summary>
    private static byte[] Bytes(string content) => Contents.GetOrAdd(content, static c => Repeated(c));

    private static byte[] Repeated(string content)
    {
        int repeats = 1 + (int.Parse(content, null) * 7919 % 1500);
        return System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(content + ",", repeats)));
    }

    private static string Content(byte[] bytes)
    {
        int comma = bytes.AsSpan().IndexOf((byte)',');
        string first = comma is > 0 and < 9 ? System.Text.Encoding.ASCII.GetString(bytes, 0, comma) : "";
        return first.Length > 0 && first.All(char.IsAsciiDigit) && bytes.AsSpan().SequenceEqual(Bytes(first)) ? first : "torn";
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new WrongStateException(what);
        }
    }

    private sealed class WrongStateException(string message) : Exception(message);
}
