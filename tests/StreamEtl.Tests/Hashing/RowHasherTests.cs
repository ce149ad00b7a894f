using System.Buffers.Binary;
using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Hashing;

/// <summary>Hashes are kept in ledgers: they are the same wherever a value stands, and from one version of the program to the next.</summary>
public sealed class RowHasherTests
{
    private const ulong Seed = 7;

    [Fact]
    public void Hash_OfTexts_IsThatOfTheirBytesWhereverTheyStand()
    {
        var random = new Random(20261122);
        for (int length = 0; length <= 100; length++)
        {
            byte[] text = new byte[length];
            random.NextBytes(text);
            Hash128 expected = Plain(text);
            for (int behind = 0; behind <= 20; behind++)
            {
                byte[] bytes = new byte[3 + length + behind];
                random.NextBytes(bytes);
                text.CopyTo(bytes, 3);
                Assert.True(expected == HashOf(bytes, new TextView(3, length)), $"{length} bytes with {behind} behind");
            }
        }
    }

    [Theory]
    [InlineData("", 0xD64EFEA703777BA5UL, 0x10236D1DD2784634UL)]
    [InlineData("a", 0xCCD4E0234F525A1FUL, 0x26DB021B53AA3DE0UL)]
    [InlineData("paid", 0x7BEF86653F9ED44CUL, 0xCA58D58CF981E93BUL)]
    [InlineData("cancelled", 0x2752B3022710C947UL, 0x33FE1D639A9C5791UL)]
    [InlineData("bekcrlej.6824214@example.com", 0xB285CB4683CE12F6UL, 0xE4E57B5FA49C96CCUL)]
    public void Hash_OfAText_IsWhatLedgersHold(string text, ulong high, ulong low)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Equal(new Hash128(high, low), HashOf(bytes, new TextView(0, bytes.Length)));
    }

    private static Hash128 HashOf(byte[] bytes, TextView view)
    {
        var column = new Column
        {
            Type = ColumnType.Text,
            Count = 1,
            Bytes = bytes,
            Views = [view],
        };
        var result = new Hash128[1];
        RowHasher.Hash([column], 1, Seed, result);
        return result[0];
    }

    /// <summary>One text as its only column, by the definition: 16 bytes a step, then what is left as two halves that overlap, with the length.</summary>
    private static Hash128 Plain(ReadOnlySpan<byte> text)
    {
        const ulong P0 = 0xA0761D6478BD642F;
        const ulong P1 = 0xE7037ED1A0B428DB;
        const ulong P2 = 0x8EBC6AF09C88C6E3;
        const ulong P3 = 0x589965CC75374CC3;
        const ulong P4 = 0x1D8E4E27C47D124F;
        ulong high = Seed ^ P0;
        ulong low = unchecked(Seed + P1);
        ulong length = (ulong)text.Length;
        for (; text.Length > 16; text = text[16..])
        {
            Step(BinaryPrimitives.ReadUInt64LittleEndian(text), BinaryPrimitives.ReadUInt64LittleEndian(text[8..]));
        }
        int left = text.Length;
        (ulong a, ulong b) = left switch
        {
            >= 8 => (BinaryPrimitives.ReadUInt64LittleEndian(text), BinaryPrimitives.ReadUInt64LittleEndian(text[(left - 8)..])),
            >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(text), BinaryPrimitives.ReadUInt32LittleEndian(text[(left - 4)..])),
            > 0 => ((ulong)text[0] << 16 | (ulong)text[left / 2] << 8 | text[left - 1], 0UL),
            _ => (0UL, 0UL),
        };
        Step(a, unchecked(b ^ (length * P4)));
        return new Hash128(Fold(high ^ P2, low ^ P3), Fold(low ^ P4, high ^ P1));

        void Step(ulong x, ulong y) =>
            (high, low) = (Fold(high ^ x ^ P1, y ^ low ^ P2), Fold(unchecked(low + ((x << 23) | (x >> 41)) + P3), unchecked(y + high)));
    }

    private static ulong Fold(ulong a, ulong b)
    {
        UInt128 product = (UInt128)a * b;
        return (ulong)(product >> 64) ^ (ulong)product;
    }
}
