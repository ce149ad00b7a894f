using StreamEtl.Memory;

namespace StreamEtl.Sources;

/// <summary>
/// Bytes whose every reading is a journey, kept in pieces that are larger than what is asked for and fetched before it is. A piece that goes on where another
/// ended is taken as part of a stream, of which the next pieces are fetched ahead, each larger than the one before; any number of such streams may
/// alternate, as the columns of a Parquet file do. A reading elsewhere fetches little more than it asks for. For one caller at a time.
/// </summary>
internal sealed class ReadAheadBytes : IRandomBytes
{
    private const int SmallestPiece = 64 << 10;
    private const int LargestPiece = 4 << 20;
    private const int PiecesAtOnce = 4;

    private readonly IRandomBytes _inner;
    private readonly BufferLease _lease;
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>Least recently used first.</summary>
    private readonly List<Piece> _pieces = [];
    private readonly long _window;
    private readonly int _largest;
    private long _held;
    private Piece? _current;

    private ReadAheadBytes(IRandomBytes inner, BufferPool pool)
    {
        _inner = inner;
        _lease = pool.Lease();
        _window = Math.Max(TransferPlan.ReadBytes(pool.Budget.Limit), PiecesAtOnce * SmallestPiece);
        _largest = (int)Math.Clamp(_window / PiecesAtOnce, SmallestPiece, LargestPiece);
    }

    /// <inheritdoc/>
    public SourceInfo Info => _inner.Info;

    private long Length => Info.Length!.Value;

    /// <summary>The bytes themselves, or behind a reading ahead where that pays. Pieces are arrays of the pool.</summary>
    public static IRandomBytes Over(IRandomBytes inner, bool isRemote, BufferPool pool) =>
        isRemote ? new ReadAheadBytes(inner, pool) : inner;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.Length > Length - offset)
        {
            // The error for it is the inner one's.
            await _inner.ReadAsync(offset, destination, cancellationToken).ConfigureAwait(false);
            return;
        }
        while (!destination.IsEmpty)
        {
            Piece piece = Find(offset) ?? Start(offset, destination.Length);
            piece.IsUsed = true;
            _current = piece;
            FetchAhead(piece, destination.Length - (piece.End - offset));
            await piece.Read.WaitAsync(cancellationToken).ConfigureAwait(false);
            int count = (int)Math.Min(destination.Length, piece.End - offset);
            piece.Bytes.AsSpan((int)(offset - piece.Start), count).CopyTo(destination.Span);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    public void VerifyUnchanged() => _inner.VerifyUnchanged();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        // Nothing may still be filling an array when it goes back.
        await Task.WhenAll(_pieces.Select(p => p.Read)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lease.Dispose();
        _stopped.Dispose();
        await _inner.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The piece that holds an offset, made the most recently used; null when there is none.</summary>
    private Piece? Find(long offset)
    {
        int index = _pieces.FindLastIndex(p => p.Start <= offset && offset < p.End);
        if (index < 0)
        {
            return null;
        }
        Piece piece = _pieces[index];
        _pieces.RemoveAt(index);
        _pieces.Add(piece);
        return piece;
    }

    private Piece Start(long offset, int wanted)
    {
        // Where a footer begins, its length and the pages' index are near: the end of a file comes in one piece.
        long start = Length - offset < SmallestPiece ? Math.Max(0, Length - SmallestPiece) : offset;
        Piece? before = _pieces.Find(p => p.End == offset);
        start = before is null ? start : offset;
        int length = Fit(start, Math.Max(wanted, (before?.Length ?? 0) * 2L));
        int generation = before is null ? 0 : before.Generation + 1;
        MakeRoomInAnyCase(length);
        return Fetch(start, length, generation);
    }

    /// <summary>Starts what comes after a piece: the rest of what is being read now, and of a stream also what will be.</summary>
    private void FetchAhead(Piece piece, long rest)
    {
        for (int ahead = 0; ahead < PiecesAtOnce - 1 && piece.End < Length && (rest > 0 || piece.Generation > 0); ahead++)
        {
            if (_pieces.Find(p => p.Start == piece.End) is not { } next)
            {
                int length = Fit(piece.End, Math.Max(rest, piece.Generation > 0 ? piece.Length * 2L : 0));
                if (!MakeRoom(length))
                {
                    return;
                }
                next = Fetch(piece.End, length, piece.Generation + 1);
            }
            rest -= next.Length;
            piece = next;
        }
    }

    private Piece Fetch(long start, int length, int generation)
    {
        byte[] bytes = _lease.Rent<byte>(length);
        Task read = _inner.ReadAsync(start, bytes.AsMemory(0, length), _stopped.Token).AsTask();
        var piece = new Piece(start, length, generation, bytes, read);
        _pieces.Add(piece);
        _held += length;
        return piece;
    }

    private int Fit(long start, long wanted) => (int)Math.Min(Math.Clamp(wanted, SmallestPiece, _largest), Length - start);

    /// <summary>Lets go of the pieces whose use is longest ago, but neither of the present one nor of those not used yet. False: that is not enough.</summary>
    private bool MakeRoom(int length)
    {
        for (int i = 0; i < _pieces.Count && _held + length > _window; )
        {
            Piece piece = _pieces[i];
            if (!piece.IsUsed || piece == _current || !piece.Read.IsCompleted)
            {
                i++;
                continue;
            }
            Drop(i);
        }
        return _held + length <= _window;
    }

    /// <summary>For what is needed at once, pieces that were fetched ahead in vain make way too.</summary>
    private void MakeRoomInAnyCase(int length)
    {
        if (MakeRoom(length))
        {
            return;
        }
        for (int i = _pieces.Count - 1; i >= 0 && _held + length > _window; i--)
        {
            if (_pieces[i].Read.IsCompleted)
            {
                Drop(i);
            }
        }
    }

    private void Drop(int index)
    {
        Piece piece = _pieces[index];
        _pieces.RemoveAt(index);
        _lease.Release(piece.Bytes);
        _held -= piece.Length;
    }

    private sealed class Piece(long start, int length, int generation, byte[] bytes, Task read)
    {
        public long Start => start;

        public int Length => length;

        /// <summary>Pieces of the stream before this one.</summary>
        public int Generation => generation;

        public byte[] Bytes => bytes;

        public Task Read => read;

        public bool IsUsed { get; set; }

        public long End => Start + Length;
    }
}
