using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Unicode;

namespace StreamEtl.Types;

/// <summary>
/// Tells whether bytes are UTF-8, 32 at a time (Keiser and Lemire, Validating UTF-8 In Less Than One Instruction Per Byte, 2021). What may follow what is decided by the halves of a byte and the
/// high half of the next: three lookups, one bit for each way to be wrong. Text that is mostly, but not all, ASCII is checked at the speed of ASCII, for which <see cref="Utf8"/> is too slow
/// where every other record has an accent.
/// </summary>
internal static class Utf8Validator
{
    private const byte Lead = 0xC0;
    private const byte LeadOfThree = 0xE0;
    private const byte LeadOfFour = 0xF0;

    /// <summary>Two bytes after another that continue a character: wrong unless a lead of three or four stands two or three bytes before the second.</summary>
    private const byte Continues = 1 << 7;

    private static readonly Tables Faults = new();

    /// <summary>The greatest bytes with which 32 may end without cutting off a character.</summary>
    private static Vector256<byte> WholeAtEnd =>
        Vector256
            .Create(byte.MaxValue)
            .WithElement(29, (byte)(LeadOfFour - 1))
            .WithElement(30, (byte)(LeadOfThree - 1))
            .WithElement(31, (byte)(Lead - 1));

    /// <summary>True when <paramref name="bytes"/> are whole UTF-8 characters: no surrogates, none spelled longer than need be, none beyond U+10FFFF.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => Avx2.IsSupported ? IsValidVectors(bytes) : Utf8.IsValid(bytes);

    private static bool IsValidVectors(ReadOnlySpan<byte> bytes)
    {
        Vector256<byte> highs = Faults.ByHighHalf;
        Vector256<byte> lows = Faults.ByLowHalf;
        Vector256<byte> nexts = Faults.ByNext;
        Vector256<byte> wholeAtEnd = WholeAtEnd;
        Vector256<byte> wrong = default;
        // A character that the 64 bytes before cut off: wrong unless those that follow continue it.
        Vector256<byte> cutOff = default;
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int at = 0;
        while (at <= bytes.Length - 64)
        {
            int steps = Math.Min((bytes.Length - at) >> 6, 64);
            ulong notAscii = NotAscii(ref Unsafe.Add(ref start, at), steps);
            wrong |= (notAscii & 1) == 0 ? cutOff : default;
            cutOff = default;
            for (ulong left = notAscii; left != 0; left &= left - 1)
            {
                int step = BitOperations.TrailingZeroCount(left);
                nuint place = (nuint)(at + (step << 6));
                Vector256<byte> before = place == 0 ? default : Vector256.LoadUnsafe(ref start, place - 32);
                Vector256<byte> first = Vector256.LoadUnsafe(ref start, place);
                Vector256<byte> second = Vector256.LoadUnsafe(ref start, place + 32);
                wrong |= Check(before, first, highs, lows, nexts) | Check(first, second, highs, lows, nexts);
                Vector256<byte> cut = Avx2.SubtractSaturate(second, wholeAtEnd);
                if (step == steps - 1)
                {
                    cutOff = cut;
                }
                else if (cut != Vector256<byte>.Zero && (notAscii >> step & 2) == 0)
                {
                    return false;
                }
            }
            at += steps << 6;
        }
        Vector256<byte> last = at == 0 ? default : Vector256.LoadUnsafe(ref start, (nuint)at - 32);
        // What is left, and a zero at least: a character that the end cuts off is one with too few bytes.
        Span<byte> rest = stackalloc byte[96];
        rest.Clear();
        bytes[at..].CopyTo(rest);
        for (int i = 0; i < rest.Length; i += 32)
        {
            Vector256<byte> next = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(rest), (nuint)i);
            wrong |= Check(last, next, highs, lows, nexts);
            last = next;
        }
        return wrong == Vector256<byte>.Zero;
    }

    /// <summary>A bit for each 64 bytes that are not all ASCII. Which are cannot be foretold, so that this asks of none of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NotAscii(ref byte start, int steps)
    {
        ulong found = 0;
        for (int step = 0; step < steps; step++)
        {
            Vector256<byte> both =
                Vector256.LoadUnsafe(ref start, (nuint)(step << 6)) | Vector256.LoadUnsafe(ref start, (nuint)(step << 6) + 32);
            found |= (both.ExtractMostSignificantBits() != 0 ? 1UL : 0) << step;
        }
        return found;
    }

    /// <summary>Not zero where one of 32 bytes is wrong; <paramref name="before"/>: the 32 that precede them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Check(
        Vector256<byte> before,
        Vector256<byte> bytes,
        Vector256<byte> highs,
        Vector256<byte> lows,
        Vector256<byte> nexts
    )
    {
        Vector256<byte> joint = Avx2.Permute2x128(before, bytes, 0x21);
        Vector256<byte> one = Avx2.AlignRight(bytes, joint, 15);
        Vector256<byte> two = Avx2.AlignRight(bytes, joint, 14);
        Vector256<byte> three = Avx2.AlignRight(bytes, joint, 13);
        Vector256<byte> faults =
            Avx2.Shuffle(highs, HighHalf(one)) & Avx2.Shuffle(lows, LowHalf(one)) & Avx2.Shuffle(nexts, HighHalf(bytes));
        // The top bit, set where a lead of three stands two bytes before, or one of four three bytes before.
        Vector256<byte> mustContinue =
            Avx2.SubtractSaturate(two, Vector256.Create((byte)(LeadOfThree - Continues)))
            | Avx2.SubtractSaturate(three, Vector256.Create((byte)(LeadOfFour - Continues)));
        return (mustContinue & Vector256.Create(Continues)) ^ faults;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> HighHalf(Vector256<byte> bytes) => (bytes.AsUInt16() >> 4).AsByte() & Vector256.Create((byte)0x0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LowHalf(Vector256<byte> bytes) => bytes & Vector256.Create((byte)0x0F);

    /// <summary>For each half of a byte and each high half of the next, the faults that it allows: two bytes are wrong where all three allow the same.</summary>
    private sealed class Tables
    {
        private readonly byte[] _high = new byte[16];
        private readonly byte[] _low = new byte[16];
        private readonly byte[] _next = new byte[16];

        public Tables()
        {
            // Too few bytes: a lead and no continuation. Too many: ASCII and one.
            Forbid(1 << 0, Lead, 0xFF, 0x00, 0x7F);
            Forbid(1 << 0, Lead, 0xFF, 0xC0, 0xFF);
            Forbid(1 << 1, 0x00, 0x7F, 0x80, 0xBF);
            // Spelled longer than need be.
            Forbid(1 << 2, 0xC0, 0xC1, 0x80, 0xBF);
            Forbid(1 << 3, 0xE0, 0xE0, 0x80, 0x9F);
            Forbid(1 << 6, 0xF0, 0xF0, 0x80, 0x8F);
            // Surrogates, and beyond U+10FFFF.
            Forbid(1 << 4, 0xED, 0xED, 0xA0, 0xBF);
            Forbid(1 << 5, 0xF4, 0xFF, 0x90, 0xBF);
            Forbid(1 << 6, 0xF5, 0xFF, 0x80, 0x8F);
            Forbid(Continues, 0x80, 0xBF, 0x80, 0xBF);
            ByHighHalf = Twice(_high);
            ByLowHalf = Twice(_low);
            ByNext = Twice(_next);
        }

        public Vector256<byte> ByHighHalf { get; }

        public Vector256<byte> ByLowHalf { get; }

        public Vector256<byte> ByNext { get; }

        /// <summary>Makes a fault of every byte of one range before every byte of another.</summary>
        private void Forbid(byte fault, int firstFrom, int firstTo, int nextFrom, int nextTo)
        {
            for (int b = firstFrom; b <= firstTo; b++)
            {
                _high[b >> 4] |= fault;
                _low[b & 15] |= fault;
            }
            for (int b = nextFrom; b <= nextTo; b++)
            {
                _next[b >> 4] |= fault;
            }
        }

        private static Vector256<byte> Twice(byte[] table) => Vector256.Create(Vector128.Create(table), Vector128.Create(table));
    }
}
