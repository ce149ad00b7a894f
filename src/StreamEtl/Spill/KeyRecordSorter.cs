using System.Numerics;
using StreamEtl.Batches;

namespace StreamEtl.Spill;

/// <summary>
/// Sorts records by key hash; those of one key keep their order. Hashes are spread evenly, so one counting pass over some of their bits puts nearly every record where it belongs,
/// and few comparisons mend the rest. Keeps its arrays for the next time.
/// </summary>
internal sealed class KeyRecordSorter
{
    /// <summary>Records a bucket has on average.</summary>
    private const int PerBucket = 4;

    /// <summary>A bucket of more is sorted as a whole: then the hashes are not spread evenly after all.</summary>
    private const int LargestBucket = 64;

    private KeyRecord[] _given = [];
    private KeyRecord[] _sorted = [];
    private int[] _starts = [];
    private int _count;

    /// <summary>The order of keys.</summary>
    public static int Compare(in Hash128 one, in Hash128 other)
    {
        int high = one.High.CompareTo(other.High);
        return high != 0 ? high : one.Low.CompareTo(other.Low);
    }

    /// <summary>Takes records in, in their order.</summary>
    public void Add(ReadOnlySpan<KeyRecord> records)
    {
        if (_count + records.Length > _given.Length)
        {
            Array.Resize(ref _given, Math.Max(_count + records.Length, _given.Length * 2));
        }
        records.CopyTo(_given.AsSpan(_count));
        _count += records.Length;
    }

    /// <summary>Makes room for as many records, so that adding them one by one copies none twice.</summary>
    public void Expect(long count)
    {
        if (_given.Length < count)
        {
            // Partitions have about as many each: what is made for one serves the next as well.
            _given = new KeyRecord[count + (count / 8)];
        }
    }

    /// <summary>The records sorted, until the next call of any method.</summary>
    public ArraySegment<KeyRecord> Sort()
    {
        int count = _count;
        _count = 0;
        if (_sorted.Length < count)
        {
            _sorted = new KeyRecord[_given.Length];
        }
        ReadOnlySpan<KeyRecord> given = _given.AsSpan(0, count);
        ulong least = ulong.MaxValue;
        ulong most = 0;
        foreach (ref readonly KeyRecord record in given)
        {
            least = Math.Min(least, record.Key.High);
            most = Math.Max(most, record.Key.High);
        }
        int buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(count / PerBucket, 1, 1 << 26));
        int width = 64 - BitOperations.LeadingZeroCount(most - Math.Min(least, most));
        int shift = Math.Max(0, width - BitOperations.Log2((uint)buckets));
        Scatter(given, least, shift, buckets);
        for (int b = 0; b < buckets; b++)
        {
            SortBucket(_sorted.AsSpan(b == 0 ? 0 : _starts[b - 1], _starts[b] - (b == 0 ? 0 : _starts[b - 1])));
        }
        return new ArraySegment<KeyRecord>(_sorted, 0, count);
    }

    /// <summary>Puts the records into their buckets, in their order; leaves the end of each bucket in the starts.</summary>
    private void Scatter(ReadOnlySpan<KeyRecord> given, ulong least, int shift, int buckets)
    {
        if (_starts.Length < buckets + 1)
        {
            _starts = new int[buckets + 1];
        }
        Span<int> starts = _starts.AsSpan(0, buckets + 1);
        starts.Clear();
        foreach (ref readonly KeyRecord record in given)
        {
            starts[(int)((record.Key.High - least) >> shift) + 1]++;
        }
        for (int b = 0; b < buckets; b++)
        {
            starts[b + 1] += starts[b];
        }
        foreach (ref readonly KeyRecord record in given)
        {
            _sorted[starts[(int)((record.Key.High - least) >> shift)]++] = record;
        }
    }

    private static void SortBucket(Span<KeyRecord> bucket)
    {
        if (bucket.Length > LargestBucket)
        {
            bucket.Sort(static (a, b) => Compare(a.Key, b.Key) is var order && order != 0 ? order : a.Ordinal.CompareTo(b.Ordinal));
            return;
        }
        for (int i = 1; i < bucket.Length; i++)
        {
            int at = i;
            if (Compare(bucket[at - 1].Key, bucket[i].Key) <= 0)
            {
                continue;
            }
            KeyRecord record = bucket[i];
            while (at > 0 && Compare(bucket[at - 1].Key, record.Key) > 0)
            {
                bucket[at] = bucket[at - 1];
                at--;
            }
            bucket[at] = record;
        }
    }
}
