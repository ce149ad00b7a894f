using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Eight packed values at a time: each lane is given the bytes that its value lies in, and shifts them by as many bits as there are before it (Lemire and Boytsov, "Decoding billions of integers per
/// second through vectorization", 2015). Eight values of any width end at a byte, so that every eight go the same way.
/// </summary>
internal sealed class VectorUnpacker
{
    /// <summary>Values taken at once.</summary>
    private const int Values = 8;

    /// <summary>A value and the bits before it must fit into a lane of 32 bits.</summary>
    private const int WidestNarrow = 25;

    /// <summary>As <see cref="WidestNarrow"/>, of 64 bits.</summary>
    private const int WidestWide = 57;

    private static readonly VectorUnpacker?[] Known = new VectorUnpacker?[WidestWide + 1];

    private readonly int _width;
    private readonly Lanes _lanes;

    /// <summary>Where <see cref="WidestNarrow"/> is exceeded: the second four values, which then need vectors of their own.</summary>
    private readonly Lanes _more;

    private VectorUnpacker(int width)
    {
        _width = width;
        _lanes = width <= WidestNarrow ? new Lanes(width, 0, sizeof(int)) : new Lanes(width, 0, sizeof(long));
        _more = width <= WidestNarrow ? default : new Lanes(width, Values / 2, sizeof(long));
    }

    /// <summary>The unpacker for values of <paramref name="width"/> bits; null where the plain loop is to do.</summary>
    public static VectorUnpacker? For(int width) =>
        Avx2.IsSupported && width is > 0 and <= WidestWide ? Known[width] ??= new VectorUnpacker(width) : null;

    /// <summary>Whether values of 32 bits can be made.</summary>
    public bool IsNarrow => _width <= WidestNarrow;

    /// <summary>Unpacks as many eights as there are and as have vectors to read; returns the values.</summary>
    public unsafe int Unpack(ReadOnlySpan<byte> data, Span<int> values)
    {
        int eights = Eights(data.Length, values.Length);
        fixed (byte* source = data)
        fixed (int* target = values)
        {
            Lanes lanes = _lanes;
            for (int i = 0; i < eights; i++)
            {
                lanes.Narrow(source + (i * _width)).AsInt32().Store(target + (i * Values));
            }
        }
        return eights * Values;
    }

    /// <summary>As <see cref="Unpack(ReadOnlySpan{byte}, Span{int})"/>.</summary>
    public unsafe int Unpack(ReadOnlySpan<byte> data, Span<long> values)
    {
        int eights = Eights(data.Length, values.Length);
        fixed (byte* source = data)
        fixed (long* target = values)
        {
            Lanes lanes = _lanes;
            Lanes more = _more;
            for (int i = 0; i < eights; i++)
            {
                byte* from = source + (i * _width);
                long* to = target + (i * Values);
                if (_width <= WidestNarrow)
                {
                    (Vector256<ulong> first, Vector256<ulong> second) = Vector256.Widen(lanes.Narrow(from));
                    first.AsInt64().Store(to);
                    second.AsInt64().Store(to + (Values / 2));
                }
                else
                {
                    lanes.Wide(from).AsInt64().Store(to);
                    more.Wide(from).AsInt64().Store(to + (Values / 2));
                }
            }
        }
        return eights * Values;
    }

    /// <summary>Vectors are read up to one beyond the eight values that they are for.</summary>
    private int Eights(int bytes, int values) => Math.Clamp((bytes - Vector128<byte>.Count) / _width, 0, values / Values);

    /// <summary>From which bytes each lane of a vector is made, and by how many bits it is shifted.</summary>
    private readonly struct Lanes
    {
        private readonly int _low;
        private readonly int _high;
        private readonly Vector256<byte> _bytes;
        private readonly Vector256<uint> _narrowShifts;
        private readonly Vector256<ulong> _wideShifts;
        private readonly ulong _mask;

        public Lanes(int width, int first, int laneBytes)
        {
            int perHalf = Vector128<byte>.Count / laneBytes;
            _low = first * width >> 3;
            _high = (first + perHalf) * width >> 3;
            _mask = (1UL << width) - 1;
            Span<byte> bytes = stackalloc byte[Vector256<byte>.Count];
            Span<ulong> shifts = stackalloc ulong[2 * perHalf];
            for (int lane = 0; lane < 2 * perHalf; lane++)
            {
                int bit = ((first + lane) * width) - (8 * (lane < perHalf ? _low : _high));
                shifts[lane] = (ulong)(bit & 7);
                for (int b = 0; b < laneBytes; b++)
                {
                    bytes[(lane * laneBytes) + b] = (byte)((bit >> 3) + b);
                }
            }
            _bytes = Vector256.Create<byte>(bytes);
            if (laneBytes == sizeof(long))
            {
                _wideShifts = Vector256.Create<ulong>(shifts);
            }
            else
            {
                _narrowShifts = Vector256.Narrow(Vector256.Create<ulong>(shifts), Vector256.Create<ulong>(shifts[4..]));
            }
        }

        public unsafe Vector256<uint> Narrow(byte* from) =>
            Avx2.ShiftRightLogicalVariable(Pick(from).AsUInt32(), _narrowShifts) & Vector256.Create((uint)_mask);

        public unsafe Vector256<ulong> Wide(byte* from) =>
            Avx2.ShiftRightLogicalVariable(Pick(from).AsUInt64(), _wideShifts) & Vector256.Create(_mask);

        private unsafe Vector256<byte> Pick(byte* from) =>
            Avx2.Shuffle(Vector256.Create(Vector128.Load(from + _low), Vector128.Load(from + _high)), _bytes);
    }
}
