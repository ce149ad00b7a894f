using System.Buffers;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>A file or folder of an <see cref="UnsyncedDisk"/>: what it is now, what of it is on the platter, and what lies between.</summary>
internal sealed class DiskNode(bool isFolder)
{
    private const int Sector = 512;

    /// <summary>For each name that changed since the last sync: what it stood for then, and after each change.</summary>
    private readonly Dictionary<string, List<DiskNode?>> _history = [];
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly List<byte[]> _unsynced = [];
    private long _syncedLength;
    private DateTime _syncedTime;

    public bool IsFolder => isFolder;

    public SortedDictionary<string, DiskNode> Names { get; } = new(StringComparer.Ordinal);

    public DateTime Written { get; set; }

    /// <summary>Open files that write to it.</summary>
    public int Writers { get; set; }

    public DiskEntry Entry(string name) => new(name, IsFolder ? DiskEntryKind.Folder : DiskEntryKind.File, _content.WrittenCount, Written);

    public void SetName(string name, DiskNode? node)
    {
        DiskNode? before = Names.GetValueOrDefault(name);
        if (!_history.TryGetValue(name, out List<DiskNode?>? history))
        {
            _history[name] = history = [before];
        }
        history.Add(node);
        if (node is null)
        {
            Names.Remove(name);
        }
        else
        {
            Names[name] = node;
        }
    }

    public void SyncNames() => _history.Clear();

    public void Append(byte[] bytes, DateTime time)
    {
        _content.Write(bytes);
        _unsynced.Add(bytes);
        Written = time;
    }

    public byte[] Read(long offset, int count) =>
        _content
            .WrittenSpan.Slice((int)Math.Min(offset, _content.WrittenCount), (int)Math.Clamp(_content.WrittenCount - offset, 0, count))
            .ToArray();

    public void SyncContent(DateTime time)
    {
        Written = _syncedTime = time;
        _syncedLength = _content.WrittenCount;
        _unsynced.Clear();
    }

    public void AddFiles(string path, List<string> files)
    {
        foreach ((string name, DiskNode node) in Names)
        {
            if (node.IsFolder)
            {
                node.AddFiles($"{path}/{name}", files);
            }
            else
            {
                files.Add($"{path}/{name}");
            }
        }
    }

    /// <summary>Builds what a power cut leaves of this node. Two names of one file stay names of one file.</summary>
    public void CrashInto(DiskNode after, Random random, Dictionary<DiskNode, DiskNode> copies)
    {
        if (!IsFolder)
        {
            CrashContent(after, random);
            return;
        }
        foreach (string name in Names.Keys.Union(_history.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            DiskNode? node = _history.TryGetValue(name, out List<DiskNode?>? history) ? history[random.Next(history.Count)] : Names[name];
            if (node is null)
            {
                continue;
            }
            if (!copies.TryGetValue(node, out DiskNode? copy))
            {
                copies[node] = copy = new DiskNode(node.IsFolder);
                node.CrashInto(copy, random, copies);
            }
            after.Names[name] = copy;
        }
    }

    private void CrashContent(DiskNode after, Random random)
    {
        byte[] bytes = _content.WrittenSpan.ToArray();
        long length = _syncedLength;
        long position = _syncedLength;
        foreach (byte[] write in _unsynced)
        {
            long end = position + write.Length;
            switch (random.Next(4))
            {
                case 0:
                    Array.Clear(bytes, (int)position, write.Length);
                    break;
                case 1:
                    length = end;
                    break;
                case 2:
                    length = end;
                    for (long sector = position; sector < end; sector += Sector)
                    {
                        if (random.Next(2) == 0)
                        {
                            Array.Clear(bytes, (int)sector, (int)Math.Min(Sector, end - sector));
                        }
                    }
                    break;
                default:
                    length = position + random.Next(write.Length + 1);
                    Array.Clear(bytes, (int)length, (int)(end - length));
                    break;
            }
            position = end;
        }
        after._content.Write(bytes.AsSpan(0, (int)length));
        after.SyncContent(_unsynced.Count == 0 ? _syncedTime : Written);
    }
}
