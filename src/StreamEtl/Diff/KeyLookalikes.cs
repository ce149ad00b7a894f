using System.Text;
using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Diff;

/// <summary>
/// Finds out whether inserted keys are deleted ones written differently: with other spaces around them, or letters of the other case. Sees keys while they
/// are written anyway, all inserted ones before the first deleted one. Remembers hashes of every inserted key, or of some at even distances when there are many.
/// </summary>
/// <param name="inserts">How many keys are inserted.</param>
internal sealed class KeyLookalikes(long inserts)
{
    /// <summary>Keys remembered: less than a megabyte; a share of one half is then known to about one percent.</summary>
    internal const int MostSampled = 1 << 14;

    private const ulong Seed = 0x666F6C645F736565;

    private readonly long _stride = (inserts + MostSampled - 1) / MostSampled;
    private readonly Dictionary<Hash128, int> _inserted = [];
    private readonly List<int> _sampledRows = [];
    private byte[] _bytes = new byte[4096];
    private TextView[] _views = [];
    private Hash128[] _hashes = [];
    private long _seen;

    /// <summary>Inserted keys looked at.</summary>
    public long Sampled { get; private set; }

    /// <summary>Those of them that equal a deleted key once both are trimmed and folded.</summary>
    public long Matched { get; private set; }

    /// <summary>Takes the keys of inserted rows of a batch.</summary>
    public void AddInserted(IReadOnlyList<Column> keys, ReadOnlySpan<int> rows)
    {
        _sampledRows.Clear();
        foreach (int row in rows)
        {
            if (_seen++ % _stride == 0)
            {
                _sampledRows.Add(row);
            }
        }
        ReadOnlySpan<int> sampled = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sampledRows);
        foreach (Hash128 hash in HashFolded(keys, sampled))
        {
            _inserted[hash] = _inserted.GetValueOrDefault(hash) + 1;
        }
        Sampled += sampled.Length;
    }

    /// <summary>Takes the keys of deleted rows of a batch.</summary>
    public void AddDeleted(IReadOnlyList<Column> keys, ReadOnlySpan<int> rows)
    {
        foreach (Hash128 hash in HashFolded(keys, rows))
        {
            if (_inserted.Remove(hash, out int count))
            {
                Matched += count;
            }
        }
    }

    private ReadOnlySpan<Hash128> HashFolded(IReadOnlyList<Column> keys, ReadOnlySpan<int> rows)
    {
        if (_views.Length < rows.Length)
        {
            _views = new TextView[rows.Length];
            _hashes = new Hash128[rows.Length];
        }
        Column[][] single = [.. keys.Select(k => new[] { k })];
        int length = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int start = length;
            foreach (Column[] key in single)
            {
                length =
                    key[0].Type.Kind == ColumnKind.Text
                        ? AppendFolded(key[0].Text(rows[i]), length)
                        : RowContent.Append(key, rows[i], ref _bytes, length);
            }
            _views[i] = new TextView(start, length - start);
        }
        var folded = new Column
        {
            Type = ColumnType.Text,
            Count = rows.Length,
            Views = _views,
            Bytes = _bytes,
        };
        RowHasher.Hash([folded], rows.Length, Seed, _hashes);
        return _hashes.AsSpan(0, rows.Length);
    }

    /// <summary>Appends the text without spaces around it, in lower case, behind its length.</summary>
    private int AppendFolded(ReadOnlySpan<byte> text, int length)
    {
        // A letter in lower case may take three times the bytes, at the very most.
        int room = length + sizeof(int) + (text.Length * 3);
        if (room > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(room, _bytes.Length * 2));
        }
        Span<byte> target = _bytes.AsSpan(length + sizeof(int));
        int written;
        if (Ascii.IsValid(text))
        {
            _ = Ascii.ToLower(text[Ascii.Trim(text)], target, out written);
        }
        else
        {
            written = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(text).Trim().ToLowerInvariant(), target);
        }
        BitConverter.TryWriteBytes(_bytes.AsSpan(length), written);
        return length + sizeof(int) + written;
    }
}
