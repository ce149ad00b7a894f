using System.Globalization;
using System.Security.Cryptography;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Parsing;

namespace StreamEtl.Tests.Parsing;

/// <summary>Runs a scanner over an input, block by block, and sums up what it found: records of any width as they are, wholly blank lines dropped.</summary>
internal static class CsvRecords
{
    /// <summary>Blocks of one size; a record that is longer doubles its block.</summary>
    public static Func<int, int, int> Blocks(int size) => (position, end) => end == position ? position + size : end + (end - position);

    /// <summary>Blocks that end at given places.</summary>
    public static Func<int, int, int> Cuts(params int[] cuts) =>
        (_, end) =>
        {
            foreach (int cut in cuts)
            {
                if (cut > end)
                {
                    return cut;
                }
            }
            return int.MaxValue;
        };

    /// <summary>
    /// SHA-256 over each record (each field as <c>length:bytes,</c>, then LF), the number of records, and the faults as <c>kind@offset</c>.
    /// <paramref name="next"/> gives the end of a block from its start and the end that was too short for a record (the start itself at first).
    /// </summary>
    public static (string Hash, int Records, string Faults) Read(
        byte[] input,
        CsvDialect dialect,
        IScanner scanner,
        Func<int, int, int> next
    )
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var faults = new List<string>();
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        int records = 0;
        int position = 0;
        int end = 0;
        while (position < input.Length)
        {
            end = Math.Min(next(position, end), input.Length);
            using BufferLease lease = pool.Lease();
            byte[] block = input[position..end];
            var index = new FieldIndex(lease, block.Length);
            int frame = scanner.Scan(block, end == input.Length, dialect, index);
            Assert.InRange(frame, 0, block.Length);
            records += Add(digest, block, index, dialect);
            faults.AddRange(
                index.Faults.ToArray().Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Kind}@{position + f.Position}"))
            );
            Assert.True(frame > 0 || end < input.Length, "a scanner leaves nothing of the last block");
            position += frame;
            // After a frame the next block starts anew; without one the same block must become longer.
            end = frame > 0 ? position : end;
        }
        return (Convert.ToHexStringLower(digest.GetHashAndReset()), records, string.Join(' ', faults));
    }

    private static int Add(IncrementalHash digest, byte[] block, FieldIndex index, CsvDialect dialect)
    {
        int records = 0;
        int first = 0;
        for (int r = 0; r < index.RecordCount; r++)
        {
            int start = CsvHeader.RecordStart(block, index, r);
            int last = index.RecordEnds[r];
            if (last > first || index.Ends[last] > start)
            {
                records++;
                for (int f = first; f <= last; f++)
                {
                    byte[] field = block[start..index.Ends[f]];
                    (int from, int length) = FieldText.Unquote(field, 0, field.Length, dialect);
                    digest.AppendData(System.Text.Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture) + ":"));
                    digest.AppendData(field, from, length);
                    digest.AppendData(","u8);
                    start = index.Ends[f] + 1;
                }
                digest.AppendData("\n"u8);
            }
            first = last + 1;
        }
        return records;
    }
}
