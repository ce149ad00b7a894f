using StreamEtl.Parsing;

namespace StreamEtl.Tests.Parsing;

public sealed class RecordHasherTests
{
    [Fact]
    public void Hash_EveryLengthAndPlace_IsOfTheBytesAlone()
    {
        var random = new Random(11);
        for (int length = 0; length < 200; length++)
        {
            byte[] record = new byte[length];
            random.NextBytes(record);
            ulong expected = RecordHasher.Hash(record);
            for (int place = 0; place < 17; place++)
            {
                byte[] around = new byte[place + length + 16];
                random.NextBytes(around);
                record.CopyTo(around, place);
                Assert.Equal(expected, RecordHasher.Hash(around.AsSpan(place, length)));
            }
        }
    }

    [Fact]
    public void Hash_OneBitOrOneByteOfLengthMore_IsAnother()
    {
        var random = new Random(12);
        var seen = new HashSet<ulong>();
        int records = 0;
        for (int length = 1; length < 150; length++)
        {
            byte[] record = new byte[length];
            random.NextBytes(record);
            for (int bit = 0; bit < length * 8; bit++)
            {
                record[bit >> 3] ^= (byte)(1 << (bit & 7));
                seen.Add(RecordHasher.Hash(record));
                record[bit >> 3] ^= (byte)(1 << (bit & 7));
                records++;
            }
        }
        byte[] zeros = new byte[150];
        for (int length = 2; length <= zeros.Length; length++, records++)
        {
            seen.Add(RecordHasher.Hash(zeros.AsSpan(0, length)));
        }
        Assert.Equal(records, seen.Count);
    }
}
