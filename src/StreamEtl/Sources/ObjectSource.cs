using StreamEtl.Memory;
using StreamEtl.Storage;

namespace StreamEtl.Sources;

/// <summary>
/// Reads an object front to back, several ranges of it at once and ahead of whoever consumes them. Ranges start small, because a look at the beginning needs no more,
/// and double as long as reading goes on.
/// </summary>
internal sealed class ObjectSource : IByteSource
{
    private const int SmallestRange = 256 << 10;

    /// <summary>Each request costs what it does, so where memory is small there are fewer at once rather than more of them.</summary>
    private const int WorthAsking = 2 << 20;
    private const int LargestRange = 8 << 20;
    private const int RangesAtOnce = 6;

    private readonly IObjectStore _store;
    private readonly IRangeReader _reader;
    private readonly BufferLease _lease;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Queue<PendingRange> _ahead = new();
    private readonly long _window;
    private readonly int _largest;
    private long _asked;
    private long _underWay;
    private int _next = SmallestRange;
    private int _consumed;
    private long _position;

    /// <summary>Takes over a reader of the store. Ranges are arrays of the pool; of its budget they take the share that <see cref="TransferPlan"/> says.</summary>
    public ObjectSource(SourceInfo info, IObjectStore store, IRangeReader reader, BufferPool pool)
    {
        Info = info;
        _store = store;
        _reader = reader;
        _lease = pool.Lease();
        _window = TransferPlan.ReadBytes(pool.Budget.Limit);
        _largest = (int)Math.Clamp(Math.Max(_window / RangesAtOnce, Math.Min(_window / 2, WorthAsking)), SmallestRange, LargestRange);
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; }

    /// <inheritdoc/>
    public long Position => Volatile.Read(ref _position);

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ReadAhead();
        if (destination.IsEmpty || !_ahead.TryPeek(out PendingRange? range))
        {
            return 0;
        }
        if (await range.Read.WaitAsync(cancellationToken).ConfigureAwait(false) != range.Length)
        {
            throw StoreErrors.Replaced(_store.Name, _reader.Info.Key);
        }
        int count = Math.Min(destination.Length, range.Length - _consumed);
        range.Bytes.AsSpan(_consumed, count).CopyTo(destination.Span);
        _consumed += count;
        Volatile.Write(ref _position, _position + count);
        if (_consumed == range.Length)
        {
            _ahead.Dequeue();
            _lease.Release(range.Bytes);
            _underWay -= range.Length;
            _consumed = 0;
            ReadAhead();
        }
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        // Nothing may still be filling an array when it goes back.
        await Task.WhenAll(_ahead.Select(Task (r) => r.Read)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lease.Dispose();
        _stopped.Dispose();
        await _reader.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Asks for ranges until enough are under way. The first is waited for alone: whoever only looks at it should cost one question.</summary>
    private void ReadAhead()
    {
        while (_asked < _reader.Info.Length && (_ahead.Count == 0 || (_position > 0 && _underWay + _next <= _window)))
        {
            int length = (int)Math.Min(_next, _reader.Info.Length - _asked);
            byte[] bytes = _lease.Rent<byte>(length);
            Task<int> read = _reader.ReadAtAsync(_asked, bytes.AsMemory(0, length), _stopped.Token).AsTask();
            _ahead.Enqueue(new PendingRange(read, bytes, length));
            _asked += length;
            _underWay += length;
            _next = Math.Min(_next * 2, _largest);
        }
    }

    private sealed record PendingRange(Task<int> Read, byte[] Bytes, int Length);
}
