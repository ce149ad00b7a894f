using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>Fails calls of another disk as it is told: by number, by chance, or for lack of space; before or after they took effect.</summary>
internal sealed class FlakyDisk(IDisk inner) : IDisk
{
    private const int IoError = 5;
    private const int NoSpace = 28;

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Faults so far.</summary>
    public int Faults { get; private set; }

    /// <summary>The number of the call that fails, from 1.</summary>
    public int FailAt { get; init; } = int.MaxValue;

    /// <summary>Whether all later calls fail too.</summary>
    public bool ForGood { get; init; }

    /// <summary>Whether the call that fails has done its work.</summary>
    public bool AfterEffect { get; init; }

    /// <summary>Fails a part of the calls, half of these after their effect.</summary>
    public (Random Random, double Rate)? Chance { get; init; }

    /// <summary>Bytes that can still be written.</summary>
    public long Space { get; set; } = long.MaxValue;

    public IDiskFile Create(string path) => new FlakyFile(this, Call(() => inner.Create(path), file => file.Dispose()));

    public IDiskFile? OpenRead(string path) =>
        Call(() => inner.OpenRead(path), file => file?.Dispose()) is { } file ? new FlakyFile(this, file) : null;

    public DiskEntry? Stat(string path) => Call(() => inner.Stat(path));

    public IReadOnlyList<DiskEntry> List(string folder) => Call(() => inner.List(folder));

    public void MakeFolder(string path) => Call(() => inner.MakeFolder(path));

    public bool MoveIfAbsent(string source, string target) => Call(() => inner.MoveIfAbsent(source, target));

    public void Move(string source, string target) => Call(() => inner.Move(source, target));

    public void Delete(string path) => Call(() => inner.Delete(path));

    public bool DeleteAbandoned(string path) => Call(() => inner.DeleteAbandoned(path));

    public void SyncFolder(string path) => Call(() => inner.SyncFolder(path));

    private void Call(Action call) =>
        Call(() =>
        {
            call();
            return true;
        });

    private T Call<T>(Func<T> call, Action<T>? undo = null)
    {
        (bool fails, bool after) = Next();
        if (!fails)
        {
            return call();
        }
        Faults++;
        if (after)
        {
            T result = call();
            undo?.Invoke(result);
        }
        throw new IOException("Input/output error", IoError);
    }

    private (bool Fails, bool After) Next()
    {
        Calls++;
        return Chance is { } chance
            ? (chance.Random.NextDouble() < chance.Rate, chance.Random.Next(2) == 0)
            : (Calls == FailAt || (ForGood && Calls > FailAt), AfterEffect && Calls == FailAt);
    }

    private sealed class FlakyFile(FlakyDisk disk, IDiskFile inner) : IDiskFile
    {
        public DiskEntry State() => disk.Call(inner.State);

        public int ReadAt(long offset, Span<byte> destination)
        {
            byte[] buffer = new byte[destination.Length];
            int count = disk.Call(() => inner.ReadAt(offset, buffer));
            buffer.AsSpan(0, count).CopyTo(destination);
            return count;
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            int fits = (int)Math.Min(disk.Space, copy.Length);
            disk.Call(() => inner.Append(copy.AsSpan(0, fits)));
            disk.Space -= fits;
            if (fits < copy.Length)
            {
                disk.Faults++;
                throw new IOException("No space left on device", NoSpace);
            }
        }

        public void Sync() => disk.Call(inner.Sync);

        public void Dispose() => inner.Dispose();
    }
}
