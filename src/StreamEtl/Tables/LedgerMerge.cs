using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>Writes a whole ledger out of an older one and what changed since; both come by rising key hash.</summary>
internal sealed class LedgerMerge(LedgerState older, LedgerWriter writer)
{
    private readonly KeyRecord[] _block = new KeyRecord[4096];
    private int _at;
    private int _count;

    /// <summary>Writes the older records up to the last of these, and these in place of older ones of the same keys; tombstones are left out.</summary>
    public async ValueTask WriteAsync(Memory<KeyRecord> changes, CancellationToken cancellationToken)
    {
        int next = 0;
        while (next < changes.Length)
        {
            if (!await HasOlderAsync(cancellationToken).ConfigureAwait(false))
            {
                Emit(changes.Span[next..]);
                return;
            }
            next += Step(changes.Span[next..]);
        }
    }

    /// <summary>Writes the rest of the older records.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        while (await HasOlderAsync(cancellationToken).ConfigureAwait(false))
        {
            writer.Write(_block.AsSpan(_at, _count - _at));
            _at = _count;
        }
    }

    private async ValueTask<bool> HasOlderAsync(CancellationToken cancellationToken)
    {
        if (_at == _count)
        {
            _count = await older.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
            _at = 0;
        }
        return _count > 0;
    }

    /// <summary>Writes from both sides until one is used up; returns how many changes were.</summary>
    private int Step(Span<KeyRecord> changes)
    {
        int next = 0;
        while (next < changes.Length && _at < _count)
        {
            int start = _at;
            int order = 1;
            while (_at < _count && (order = LedgerFormat.Compare(_block[_at].Key, changes[next].Key)) < 0)
            {
                _at++;
            }
            writer.Write(_block.AsSpan(start, _at - start));
            if (_at == _count)
            {
                break;
            }
            _at += order == 0 ? 1 : 0;
            Emit(changes.Slice(next, 1));
            next++;
        }
        return next;
    }

    private void Emit(Span<KeyRecord> changes)
    {
        int kept = 0;
        foreach (KeyRecord change in changes)
        {
            if (change.Place != LedgerFormat.Tombstone)
            {
                changes[kept++] = change;
            }
        }
        writer.Write(changes[..kept]);
    }
}
