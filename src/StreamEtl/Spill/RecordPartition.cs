using System.Runtime.InteropServices;
using StreamEtl.Memory;

namespace StreamEtl.Spill;

/// <summary>
/// The records of one range of key hashes, in the order in which they came: chunks in memory while the budget has room, on disk otherwise. Contents
/// (exact mode, composite ranks) lie beside their records.
/// </summary>
internal sealed class RecordPartition(RecordStoreOptions options) : IDisposable
{
    private readonly List<Chunk> _chunks = [];
    private NativeArray<KeyRecord>? _records;
    private NativeArray<byte>? _contents;
    private int _count;
    private int _contentLength;

    /// <summary>Records.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of contents.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Adds a record; <paramref name="content"/> is empty unless the store keeps contents.</summary>
    public void Add(in KeyRecord record, ReadOnlySpan<byte> content)
    {
        bool isFull = _count > 0 && _contentLength + sizeof(int) + content.Length > options.ContentBytesPerChunk;
        if (_records is null || _count == _records.Length || (isFull && options.KeepsContents))
        {
            Close();
        }
        _records![_count++] = record;
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
                visit(records.Span[..chunk.Count], chunk.Contents is null ? [] : chunk.Contents.Span[..chunk.ContentLength]);
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
        if (_records is not null)
        {
            visit(_records.Span[.._count], OpenContents);
        }
    }

    /// <summary>Gives memory back.</summary>
    public void Dispose()
    {
        foreach (Chunk chunk in _chunks)
        {
            Free(chunk.Contents);
            Free(chunk.Records);
        }
        _chunks.Clear();
        Free(_records);
        Free(_contents);
        _records = null;
        _contents = null;
        _count = 0;
        _contentLength = 0;
    }

    /// <summary>Puts the full chunk away and makes room for the next: in memory while the budget allows, else the chunk's own array after it has gone to disk.</summary>
    private void Close()
    {
        if (_records is null)
        {
            // Every partition needs one chunk to write into; the plan has counted these.
            options.Budget.Reserve(options.ChunkBytes);
            _records = new NativeArray<KeyRecord>(options.RecordsPerChunk);
            return;
        }
        if (options.TryReserve(options.ChunkBytes))
        {
            _chunks.Add(new Chunk(_records, _contents, _count) { ContentLength = _contentLength });
            _records = new NativeArray<KeyRecord>(options.RecordsPerChunk);
            _contents = null;
        }
        else
        {
            long offset;
            long contentOffset;
            lock (options.File)
            {
                offset = options.File.Append(MemoryMarshal.AsBytes(_records.Span[.._count]));
                contentOffset = options.File.Append(OpenContents);
            }
            _chunks.Add(
                new Chunk(null, null, _count)
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

    private ReadOnlySpan<byte> OpenContents => _contents is null ? [] : _contents.Span[.._contentLength];

    private void Free<T>(NativeArray<T>? array)
        where T : unmanaged
    {
        if (array is not null)
        {
            options.Budget.Release(array.Bytes);
            array.Dispose();
        }
    }

    private void AddContent(ReadOnlySpan<byte> content)
    {
        int needed = _contentLength + content.Length + sizeof(int);
        if (_contents is null || needed > _contents.Length)
        {
            // The chunk was closed before it could outgrow its array, unless one content alone does.
            Free(_contents);
            _contents = new NativeArray<byte>(Math.Max(needed, options.ContentBytesPerChunk));
            options.Budget.Reserve(_contents.Bytes);
        }
        ContentBytes += content.Length;
        MemoryMarshal.Write(_contents.Span[_contentLength..], content.Length);
        content.CopyTo(_contents.Span[(_contentLength + sizeof(int))..]);
        _contentLength = needed;
    }

    private sealed record Chunk(NativeArray<KeyRecord>? Records, NativeArray<byte>? Contents, int Count)
    {
        public long Offset { get; init; }

        public long ContentOffset { get; init; }

        public int ContentLength { get; init; }
    }
}
