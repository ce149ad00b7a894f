using System.Runtime.InteropServices;

namespace StreamEtl.Spill;

/// <summary>Reads a partition record by record, in several rounds when it has more keys than one table should hold.</summary>
internal static class PartitionReader
{
    /// <summary>Sees one record; <paramref name="content"/> is empty unless the store keeps contents.</summary>
    public delegate void RecordVisitor(in KeyRecord record, ReadOnlySpan<byte> content);

    /// <summary>
    /// Rounds of at most <paramref name="keysPerRound"/> keys, by hash bits below those that chose the partition; each round sees all records of its keys, in order,
    /// and ends with <paramref name="endRound"/>.
    /// </summary>
    public static void Read(RecordPartition partition, long keysPerRound, bool hasContents, RecordVisitor visit, Action endRound)
    {
        uint rounds = (uint)Math.Clamp((partition.Count + keysPerRound - 1) / keysPerRound, 1, 1 << 16);
        for (uint round = 0; round < rounds; round++)
        {
            uint current = round;
            partition.Read(
                (records, contents) =>
                {
                    foreach (ref readonly KeyRecord record in records)
                    {
                        ReadOnlySpan<byte> content = default;
                        if (hasContents)
                        {
                            int length = MemoryMarshal.Read<int>(contents);
                            content = contents.Slice(sizeof(int), length);
                            contents = contents[(sizeof(int) + length)..];
                        }
                        if (rounds == 1 || (uint)(record.Key.High >> 24) % rounds == current)
                        {
                            visit(record, content);
                        }
                    }
                }
            );
            endRound();
        }
    }
}
