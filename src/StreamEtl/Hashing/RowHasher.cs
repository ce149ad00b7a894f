using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Hashing;

/// <summary>
/// 128-bit hashes of rows over typed values, a column at a time. Each value is mixed into two independent 64-bit states by folded 64×64→128-bit
/// multiplication, the primitive of wyhash and XXH3 (both public domain designs). Length-safe: a text enters with its length and column by column, so
/// ("ab","c") differs from ("a","bc"); NULL differs from the empty string and from zero. Equal values of one type hash alike however they were written:
/// -0.0 and 0.0 are one value, all NaN are one.
/// </summary>
public static class RowHasher
{
    private const ulong P0 = 0xA0761D6478BD642F;
    private const ulong P1 = 0xE7037ED1A0B428DB;
    private const ulong P2 = 0x8EBC6AF09C88C6E3;
    private const ulong P3 = 0x589965CC75374CC3;
    private const ulong P4 = 0x1D8E4E27C47D124F;
    private const ulong NullTag = 0x9E3779B97F4A7C15;

    /// <summary>Hashes <paramref name="count"/> rows of the columns (NULL entries of the list are not allowed) into <paramref name="result"/>.</summary>
    public static void Hash(IReadOnlyList<Column> columns, int count, ulong seed, Span<Hash128> result)
    {
        ArgumentNullException.ThrowIfNull(columns);
        result[..count].Fill(new Hash128(seed ^ P0, seed + P1));
        foreach (Column column in columns)
        {
            if (column.Views is not null)
            {
                MixText(column, result[..count]);
            }
            else if (column.Wide is not null)
            {
                MixWide(column, result[..count]);
            }
            else
            {
                MixLongs(column, result[..count]);
            }
        }
        bool isNarrow = HashWidth.Bits < HashWidth.Trusted;
        for (int i = 0; i < count; i++)
        {
            Hash128 h = result[i];
            var mixed = new Hash128(Fold(h.High ^ P2, h.Low ^ P3), Fold(h.Low ^ P4, h.High ^ P1));
            result[i] = isNarrow ? HashWidth.Apply(mixed) : mixed;
        }
    }

    private static void MixLongs(Column column, Span<Hash128> result)
    {
        if (column.Longs is null || column.Nulls is not null || column.Type.Kind == ColumnKind.Float)
        {
            MixLongsOneByOne(column, result);
            return;
        }
        // Most columns: nothing to ask of a value, so that the multiplications of several rows overlap.
        ReadOnlySpan<long> values = column.Longs.AsSpan(0, result.Length);
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = Mix(result[i], (ulong)values[i], P0);
        }
    }

    private static void MixLongsOneByOne(Column column, Span<Hash128> result)
    {
        bool isFloat = column.Type.Kind == ColumnKind.Float;
        for (int i = 0; i < result.Length; i++)
        {
            if (column.Longs is null || column.IsNull(i))
            {
                result[i] = MixNull(result[i]);
                continue;
            }
            ulong value = (ulong)column.Longs[i];
            result[i] = Mix(result[i], isFloat ? CanonicalFloat(value) : value, P0);
        }
    }

    private static void MixWide(Column column, Span<Hash128> result)
    {
        for (int i = 0; i < result.Length; i++)
        {
            Int128 value = column.Wide![i];
            result[i] = column.IsNull(i) ? MixNull(result[i]) : Mix(result[i], (ulong)value, (ulong)(value >> 64) ^ P4);
        }
    }

    private static void MixText(Column column, Span<Hash128> result)
    {
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(column.Bytes!);
        int last = column.Bytes!.Length - sizeof(ulong);
        TextView[] views = column.Views!;
        for (int i = 0; i < result.Length; i++)
        {
            TextView view = views[i];
            ref byte text = ref Unsafe.Add(ref bytes, view.Start);
            if (view.Length >= 4 && view.Start + view.Length <= last)
            {
                result[i] = MixFast(result[i], ref text, view.Length);
            }
            else
            {
                result[i] = view.Length == 0 && column.IsNull(i) ? MixNull(result[i]) : MixBytes(result[i], ref text, view.Length);
            }
        }
    }

    /// <summary>
    /// As <see cref="MixBytes"/>, for 4 bytes and more with 8 readable behind them. Lengths of texts cannot be foretold, so that a branch on what is left costs more than it spares: 4 to 7
    /// bytes are read as 8 to 16 are, and cut.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Hash128 MixFast(Hash128 state, ref byte text, int length)
    {
        int left = length;
        while (left > 16)
        {
            state = Mix(state, Read8(ref text), Read8(ref Unsafe.Add(ref text, 8)));
            text = ref Unsafe.Add(ref text, 16);
            left -= 16;
        }
        if (left < 4)
        {
            return MixEnd(state, ref text, left, length);
        }
        // 1 from 8 to 16, else 0.
        int isWide = (left >> 3 | left >> 4) & 1;
        ulong kept = ulong.MaxValue >> (32 >> (isWide << 3));
        ulong a = Read8(ref text) & kept;
        ulong b = Read8(ref Unsafe.Add(ref text, left - (4 << isWide))) & kept;
        return Mix(state, a, b ^ ((ulong)length * P4));
    }

    private static Hash128 MixBytes(Hash128 state, ref byte text, int length)
    {
        int left = length;
        while (left > 16)
        {
            state = Mix(state, Read8(ref text), Read8(ref Unsafe.Add(ref text, 8)));
            text = ref Unsafe.Add(ref text, 16);
            left -= 16;
        }
        return MixEnd(state, ref text, left, length);
    }

    /// <summary>The last 16 bytes at most, read in two halves that overlap; the length tells apart what would look the same.</summary>
    private static Hash128 MixEnd(Hash128 state, ref byte text, int left, int length)
    {
        ulong a = 0;
        ulong b = 0;
        if (left >= 8)
        {
            a = Read8(ref text);
            b = Read8(ref Unsafe.Add(ref text, left - 8));
        }
        else if (left >= 4)
        {
            a = Unsafe.ReadUnaligned<uint>(ref text);
            b = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, left - 4));
        }
        else if (left > 0)
        {
            a = (ulong)text << 16 | (ulong)Unsafe.Add(ref text, left >> 1) << 8 | Unsafe.Add(ref text, left - 1);
        }
        return Mix(state, a, b ^ ((ulong)length * P4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Hash128 Mix(Hash128 state, ulong a, ulong b) =>
        // The order of columns matters because each state enters the next multiplication.
        new(Fold(state.High ^ a ^ P1, b ^ state.Low ^ P2), Fold(state.Low + BitOperations.RotateLeft(a, 23) + P3, b + state.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Hash128 MixNull(Hash128 state) =>
        new(BitOperations.RotateLeft(state.High, 29) * NullTag + P2, BitOperations.RotateLeft(state.Low, 31) * P3 + NullTag);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read8(ref byte source) => Unsafe.ReadUnaligned<ulong>(ref source);

    private static ulong CanonicalFloat(ulong bits)
    {
        double value = BitConverter.UInt64BitsToDouble(bits);
        return value == 0 ? 0
            : double.IsNaN(value) ? BitConverter.DoubleToUInt64Bits(double.NaN)
            : bits;
    }
}
