using StreamEtl.Memory;
using StreamEtl.Storage;

namespace StreamEtl.Sources;

/// <summary>
/// Reads an object front to back, several ranges of it at once and ahead of whoever consumes them. Ranges start small, because a look at the beginning needs no more,
/// and double as long as reading goes on. What was read of the beginning stays until more than that is read: whoever took a sample can go back and asks for nothing twice.
/// </summary>
internal sealed class ObjectSource : IByteSource
{
    private const int SmallestRange = 256 << 10;

    /// <summary>Each request costs what it does, so where memory is small there are fewer at once rather than more of them.</summary>
    private const int WorthAsking = 2 << 20;
    private const int LargestRange = 8 << 20;
    private const int RangesAtOnce = 6;

    /// <summary>Enough for the samples that encoding, dialect and types are found by.</summary>
    private const int MostOfBeginning = 4 << 20;

    /// <summary>Until more than the beginning is read, all that is asked for is so many times as much: most who sample a file read on in another.</summary>
    private const int BeginningAhead = 2;

    private readonly IObjectStore _store;
    private readonly IRangeReader _reader;
    private readonly BufferLease _lease;
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>The first of the beginning as long as that is kept, then the one that is being consumed, then those ahead.</summary>
    private readonly List<PendingRange> _ranges = [];
    private readonly long _window;
    private readonly int _largest;
    private readonly long _beginning;
    private long _asked;
    private long _held;
    private int _next = SmallestRange;
    private int _current;
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
        _beginning = Math.Min(MostOfBeginning, _window / 2);
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; }

    /// <inheritdoc/>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Whether the first byte can still be gone back to.</summary>
    public bool HasBeginning => _ranges.Count > 0 && _ranges[0].Start == 0;

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ReadAhead();
        if (destination.IsEmpty || _current == _ranges.Count)
        {
            return 0;
        }
        PendingRange range = _ranges[_current];
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
            _current++;
            _consumed = 0;
            if (_position > _beginning)
            {
                ForgetConsumed();
            }
            ReadAhead();
        }
        return count;
    }

    /// <summary>Goes back to the first byte where the beginning is still there, and says whether it is.</summary>
    public bool TryRewind()
    {
        if (!HasBeginning || _ranges.Exists(r => r.Read.IsFaulted))
        {
            return false;
        }
        _current = 0;
        _consumed = 0;
        Volatile.Write(ref _position, 0);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        // Nothing may still be filling an array when it goes back.
        await Task.WhenAll(_ranges.Select(Task (r) => r.Read)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lease.Dispose();
        _stopped.Dispose();
        await _reader.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Asks for ranges until enough are under way. The first is waited for alone: whoever only looks at it should cost one question.</summary>
    private void ReadAhead()
    {
        long window = _position > _beginning ? _window : Math.Min(_window, BeginningAhead * _beginning);
        while (_asked < _reader.Info.Length && (_current == _ranges.Count || (_position > 0 && _held + _next <= window)))
        {
            int length = (int)Math.Min(_next, _reader.Info.Length - _asked);
            byte[] bytes = _lease.Rent<byte>(length);
            Task<int> read = _reader.ReadAtAsync(_asked, bytes.AsMemory(0, length), _stopped.Token).AsTask();
            _ranges.Add(new PendingRange(_asked, read, bytes, length));
            _asked += length;
            _held += length;
            _next = Math.Min(_next * 2, _largest);
        }
    }

    private void ForgetConsumed()
    {
        for (int i = 0; i < _current; i++)
        {
            _lease.Release(_ranges[i].Bytes);
            _held -= _ranges[i].Length;
        }
        _ranges.RemoveRange(0, _current);
        _current = 0;
    }

    private sealed record PendingRange(long Start, Task<int> Read, byte[] Bytes, int Length);
}
