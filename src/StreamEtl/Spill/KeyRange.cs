using StreamEtl.Batches;

namespace StreamEtl.Spill;

/// <summary>
/// Records of a partition whose key hash begins between two numbers, both included: as many as can be sorted in memory, or those of one key, however many.
/// </summary>
/// <param name="First">Least upper half of the key hash.</param>
/// <param name="Last">Greatest.</param>
/// <param name="Count">Records.</param>
/// <param name="OneKey">True when all are of one key.</param>
internal readonly record struct KeyRange(ulong First, ulong Last, long Count, bool OneKey)
{
    /// <summary>Parts that a range which has too many is split into.</summary>
    private const int Parts = 256;

    /// <summary>
    /// The ranges of the partition of a number, rising, each of at most <paramref name="most"/> records or of one key. Each split reads the partition once more.
    /// </summary>
    public static IEnumerable<KeyRange> Of(RecordPartition partition, int number, long most)
    {
        ulong first = (ulong)number << (64 - RecordStore.PartitionBits);
        var all = new KeyRange(first, first | (ulong.MaxValue >> RecordStore.PartitionBits), partition.Count, OneKey: false);
        return partition.Count <= most ? [all] : Split(partition, all, most);
    }

    /// <summary>True for a record of the range.</summary>
    public bool Has(in KeyRecord record) => record.Key.High >= First && record.Key.High <= Last;

    private static IEnumerable<KeyRange> Split(RecordPartition partition, KeyRange range, long most)
    {
        ulong width = ((range.Last - range.First) / Parts) + 1;
        Part[] parts = CountParts(partition, range, width);
        KeyRange open = default;
        for (int p = 0; p < parts.Length; p++)
        {
            ulong first = range.First + ((ulong)p * width);
            var part = new KeyRange(first, p == parts.Length - 1 ? range.Last : first + (width - 1), parts[p].Count, parts[p].OneKey);
            if (open.Count + part.Count <= most)
            {
                open = open.Count == 0 ? part : open with { Last = part.Last, Count = open.Count + part.Count, OneKey = false };
                continue;
            }
            if (open.Count > 0)
            {
                yield return open;
            }
            open = default;
            if (part.Count <= most)
            {
                open = part;
            }
            else if (part.OneKey || part.First == part.Last)
            {
                yield return part;
            }
            else
            {
                foreach (KeyRange smaller in Split(partition, part, most))
                {
                    yield return smaller;
                }
            }
        }
        if (open.Count > 0)
        {
            yield return open;
        }
    }

    private static Part[] CountParts(RecordPartition partition, KeyRange range, ulong width)
    {
        var parts = new Part[Parts];
        partition.Read(
            (records, _) =>
            {
                foreach (ref readonly KeyRecord record in records)
                {
                    if (range.Has(record))
                    {
                        ref Part part = ref parts[(record.Key.High - range.First) / width];
                        part.OneKey = part.Count == 0 || (part.OneKey && part.Key == record.Key);
                        part.Key = record.Key;
                        part.Count++;
                    }
                }
            }
        );
        return parts;
    }

    private struct Part
    {
        public long Count;
        public Hash128 Key;
        public bool OneKey;
    }
}
