using System.Runtime.InteropServices;

namespace StreamEtl.Spill;

/// <summary>
/// The records of one range of key hashes, in the order in which they came: chunks in memory while the budget has room, on disk otherwise. Contents
/// (exact mode, composite ranks) lie beside their records.
/// </summary>
internal sealed class RecordPartition(RecordStoreOptions options) : IDisposable
{
    private readonly List<Chunk> _chunks = [];
    private KeyRecord[] _records = [];
    private byte[] _contents = [];
    private int _count;
    private int _contentLength;

    /// <summary>Records.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a record; <paramref name="content"/> is empty unless the store keeps contents.</summary>
    public void Add(in KeyRecord record, ReadOnlySpan<byte> content)
    {
        if (_count == _records.Length)
        {
            Close();
        }
        _records[_count++] = record;
        Count++;
        if (options.KeepsContents)
        {
            AddContent(content);
        }
    }

    /// <summary>Calls <paramref name="visit"/> with each chunk's records and, in exact mode, their contents one after the other (4-byte length, bytes), in order.</summary>
    public void Read(ChunkVisitor visit)
    {
        KeyRecord[] buffer = [];
        byte[] contents = [];
        foreach (Chunk chunk in _chunks)
        {
            if (chunk.Records is { } records)
            {
                visit(records, chunk.Contents);
                continue;
            }
            if (buffer.Length == 0)
            {
                buffer = new KeyRecord[options.RecordsPerChunk];
            }
            Span<KeyRecord> read = buffer.AsSpan(0, chunk.Count);
            options.File.Read(chunk.Offset, MemoryMarshal.AsBytes(read));
            if (contents.Length < chunk.ContentLength)
            {
                contents = new byte[chunk.ContentLength];
            }
            options.File.Read(chunk.ContentOffset, contents.AsSpan(0, chunk.ContentLength));
            visit(read, contents.AsSpan(0, chunk.ContentLength));
        }
        visit(_records.AsSpan(0, _count), _contents.AsSpan(0, _contentLength));
    }

    /// <summary>Gives memory back.</summary>
    public void Dispose()
    {
        foreach (Chunk chunk in _chunks)
        {
            if (chunk.Records is not null)
            {
                options.Budget.Release(options.ChunkBytes + chunk.Contents.Length);
            }
        }
        _chunks.Clear();
        if (_records.Length > 0)
        {
            options.Budget.Release(options.ChunkBytes);
        }
        options.Budget.Release(_contents.Length);
        _records = [];
        _contents = [];
        _count = 0;
        _contentLength = 0;
    }

    /// <summary>Puts the full chunk away and makes room for the next: in memory while the budget allows, else the chunk's own array after it has gone to disk.</summary>
    private void Close()
    {
        if (_records.Length == 0)
        {
            // Every partition needs one chunk to write into; the plan has counted these.
            options.Budget.Reserve(options.ChunkBytes);
            _records = new KeyRecord[options.RecordsPerChunk];
            return;
        }
        if (options.TryReserve(options.ChunkBytes + _contents.Length))
        {
            _chunks.Add(new Chunk(_records, _contentLength == 0 ? [] : _contents[.._contentLength], _count));
            options.Budget.Release(_contents.Length - _contentLength);
            _records = new KeyRecord[options.RecordsPerChunk];
            _contents = [];
        }
        else
        {
            long offset;
            long contentOffset;
            lock (options.File)
            {
                offset = options.File.Append(MemoryMarshal.AsBytes(_records.AsSpan(0, _count)));
                contentOffset = options.File.Append(_contents.AsSpan(0, _contentLength));
            }
            _chunks.Add(
                new Chunk(null, [], _count)
                {
                    Offset = offset,
                    ContentOffset = contentOffset,
                    ContentLength = _contentLength,
                }
            );
        }
        _count = 0;
        _contentLength = 0;
    }

    private void AddContent(ReadOnlySpan<byte> content)
    {
        int needed = _contentLength + content.Length + sizeof(int);
        if (needed > _contents.Length)
        {
            int larger = Math.Max(needed, _contents.Length * 2);
            options.Budget.Reserve(larger - _contents.Length);
            Array.Resize(ref _contents, larger);
        }
        MemoryMarshal.Write(_contents.AsSpan(_contentLength), content.Length);
        content.CopyTo(_contents.AsSpan(_contentLength + sizeof(int)));
        _contentLength = needed;
    }

    private sealed record Chunk(KeyRecord[]? Records, byte[] Contents, int Count)
    {
        public long Offset { get; init; }

        public long ContentOffset { get; init; }

        public int ContentLength { get; init; }
    }
}
