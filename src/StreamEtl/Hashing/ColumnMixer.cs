using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Hashing;

/// <summary>
/// Mixes the values of a column into the states of its rows. Length-safe: a text enters with its length and column by column, so ("ab","c") differs from ("a","bc"); NULL differs from the
/// empty string and from zero. Equal values of one type enter alike however they were written: -0.0 and 0.0 are one value, all NaN are one.
/// </summary>
internal static class ColumnMixer<TState, TMixer>
    where TState : unmanaged
    where TMixer : struct, IMixer<TState>
{
    /// <summary>Mixes row i of the column into element i of <paramref name="result"/>.</summary>
    public static void Mix(Column column, Span<TState> result)
    {
        if (column.Views is not null)
        {
            MixText(column, result);
        }
        else if (column.Wide is not null)
        {
            MixWide(column, result);
        }
        else
        {
            MixLongs(column, result);
        }
    }

    private static void MixLongs(Column column, Span<TState> result)
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
            result[i] = TMixer.Mix(result[i], (ulong)values[i], Folding.P0);
        }
    }

    private static void MixLongsOneByOne(Column column, Span<TState> result)
    {
        bool isFloat = column.Type.Kind == ColumnKind.Float;
        for (int i = 0; i < result.Length; i++)
        {
            if (column.Longs is null || column.IsNull(i))
            {
                result[i] = TMixer.MixNull(result[i]);
                continue;
            }
            ulong value = (ulong)column.Longs[i];
            result[i] = TMixer.Mix(result[i], isFloat ? CanonicalFloat(value) : value, Folding.P0);
        }
    }

    private static void MixWide(Column column, Span<TState> result)
    {
        for (int i = 0; i < result.Length; i++)
        {
            Int128 value = column.Wide![i];
            result[i] = column.IsNull(i)
                ? TMixer.MixNull(result[i])
                : TMixer.Mix(result[i], (ulong)value, (ulong)(value >> 64) ^ Folding.P4);
        }
    }

    private static void MixText(Column column, Span<TState> result)
    {
        ReadOnlySpan<TextView> views = column.Views.AsSpan(0, result.Length);
        for (int i = 0; i < result.Length; )
        {
            i += MixFast(column.Bytes!, views[i..], result[i..]);
            i = MixOthers(column, i, result);
        }
    }

    /// <summary>Mixes texts up to the first that is too short, or too near to the end of all, to be read in eights; returns how many. A loop that calls nothing keeps what it needs in registers.</summary>
    private static unsafe int MixFast(byte[] heap, ReadOnlySpan<TextView> texts, Span<TState> result)
    {
        fixed (byte* bytes = heap)
        fixed (TextView* views = texts)
        fixed (TState* states = result)
        {
            int last = heap.Length - sizeof(ulong);
            int i = 0;
            for (; i < texts.Length; i++)
            {
                TextView view = views[i];
                if (!IsFast(view, last))
                {
                    break;
                }
                states[i] = MixFast(states[i], bytes + view.Start, view.Length);
            }
            return i;
        }
    }

    /// <summary>Mixes texts up to the first that <see cref="MixFast(byte[], ReadOnlySpan{TextView}, Span{TState})"/> takes; returns its index.</summary>
    private static int MixOthers(Column column, int first, Span<TState> result)
    {
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(column.Bytes!);
        int last = column.Bytes!.Length - sizeof(ulong);
        int i = first;
        for (; i < result.Length; i++)
        {
            TextView view = column.Views![i];
            if (IsFast(view, last))
            {
                break;
            }
            result[i] =
                view.Length == 0 && column.IsNull(i)
                    ? TMixer.MixNull(result[i])
                    : MixBytes(result[i], ref Unsafe.Add(ref bytes, view.Start), view.Length);
        }
        return i;
    }

    /// <summary>Whether a text has 4 bytes at least, and ends before <paramref name="last"/>, behind which no eight can be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFast(TextView view, int last) => view.Length >= 4 && view.Start + view.Length <= last;

    /// <summary>
    /// As <see cref="MixBytes"/>, for 4 bytes and more with 8 readable behind them. Lengths of texts cannot be foretold, so that a branch on what is left costs more than it spares: 4 to 7
    /// bytes are read as 8 to 16 are, and cut.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TState MixFast(TState state, byte* text, int length)
    {
        int left = length;
        while (left > 16)
        {
            state = TMixer.Mix(state, *(ulong*)text, *(ulong*)(text + 8));
            text += 16;
            left -= 16;
        }
        ulong wholeLength = (ulong)length * Folding.P4;
        if (left < 4)
        {
            return TMixer.Mix(state, Few(*text, text[left >> 1], text[left - 1]), wholeLength);
        }
        // 1 from 8 to 16, else 0.
        int isWide = (left >> 3 | left >> 4) & 1;
        ulong kept = ulong.MaxValue >> (32 >> (isWide << 3));
        ulong a = *(ulong*)text & kept;
        ulong b = *(ulong*)(text + (left - (4 << isWide))) & kept;
        return TMixer.Mix(state, a, b ^ wholeLength);
    }

    private static TState MixBytes(TState state, ref byte text, int length)
    {
        int left = length;
        while (left > 16)
        {
            state = TMixer.Mix(state, Read8(ref text), Read8(ref Unsafe.Add(ref text, 8)));
            text = ref Unsafe.Add(ref text, 16);
            left -= 16;
        }
        return MixEnd(state, ref text, left, length);
    }

    /// <summary>The last 16 bytes at most, read in two halves that overlap; the length tells apart what would look the same.</summary>
    private static TState MixEnd(TState state, ref byte text, int left, int length)
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
            a = Few(text, Unsafe.Add(ref text, left >> 1), Unsafe.Add(ref text, left - 1));
        }
        return TMixer.Mix(state, a, b ^ ((ulong)length * Folding.P4));
    }

    /// <summary>One to three bytes: the first, the middle and the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Few(byte first, byte middle, byte last) => (ulong)first << 16 | (ulong)middle << 8 | last;

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
