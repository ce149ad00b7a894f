using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Sources;

/// <summary>
/// DEFLATE decompression (RFC 1951) that knows the exact byte at which a stream ends and tells a damaged stream from a short one, neither of which
/// <see cref="System.IO.Compression.DeflateStream"/> reveals. Output gathers in a window of its own that keeps the last 32 KiB.
/// </summary>
/// <remarks>
/// The bit buffer is refilled eight bytes at a time without a branch: bits above <c>_bitCount</c> repeat what the next refill reads, so only the count
/// and the position must be exact. The inner loop checks bounds once per symbol, for the most that one symbol can read and write.
/// </remarks>
internal sealed class Inflater
{
    /// <summary>Zero bytes that must follow the input in its array when the input is the last.</summary>
    public const int Padding = 32;

    private const int HistoryBytes = 32 << 10;
    private const int WindowBytes = 512 << 10;
    private const int LongestMatch = 258;
    private const int HeaderBytes = 640;
    private const int SymbolBytes = 16;

    private readonly byte[] _window = new byte[WindowBytes];
    private readonly HuffmanTable _literals = new(rootBits: 11);
    private readonly HuffmanTable _distances = new(rootBits: 8);
    private readonly HuffmanTable _lengths = new(rootBits: 7);
    private ulong _bits;
    private int _bitCount;
    private int _written;
    private int _taken;
    private int _historyStart;
    private int _storedLeft;
    private Mode _mode;
    private bool _lastBlock;

    private enum Mode
    {
        Header,
        Stored,
        Codes,
    }

    /// <summary>Output not yet taken.</summary>
    public ReadOnlySpan<byte> Output => _window.AsSpan(_taken, _written - _taken);

    /// <summary>Removes the first <paramref name="count"/> bytes of <see cref="Output"/>.</summary>
    public void Take(int count) => _taken += count;

    /// <summary>Prepares for a new stream. Output of the last one may still be taken.</summary>
    public void Reset()
    {
        _bits = 0;
        _bitCount = 0;
        _historyStart = _written;
        _mode = Mode.Header;
        _lastBlock = false;
    }

    /// <summary>
    /// Decompresses <paramref name="input"/> from <paramref name="position"/> to <paramref name="end"/>, and moves the position on.
    /// <paramref name="isLast"/>: nothing follows; then <see cref="Padding"/> zero bytes stand in the array after the end.
    /// </summary>
    public InflateStatus Run(byte[] input, ref int position, int end, bool isLast)
    {
        if (_taken == _written)
        {
            Slide();
        }
        InflateStatus? status;
        do
        {
            status = _mode switch
            {
                Mode.Header when _lastBlock => Finish(ref position),
                Mode.Header => ReadHeader(input, ref position, end, isLast),
                Mode.Stored => CopyStored(input, ref position, end, isLast),
                _ => DecodeCodes(input, ref position, end, isLast),
            };
            if (isLast && position - (_bitCount >> 3) > end)
            {
                return InflateStatus.Truncated;
            }
        } while (status is null);
        ReturnWholeBytes(ref position);
        return status.Value;
    }

    private void Slide()
    {
        int keep = Math.Min(_written - _historyStart, HistoryBytes);
        if (_written <= WindowBytes / 2)
        {
            return;
        }
        _window.AsSpan(_written - keep, keep).CopyTo(_window);
        _historyStart = 0;
        _written = _taken = keep;
    }

    /// <summary>Gives unread bytes back to the input, so that between calls the bit buffer holds less than one and the caller may move the rest.</summary>
    private void ReturnWholeBytes(ref int position)
    {
        position -= _bitCount >> 3;
        _bitCount &= 7;
        _bits &= (1UL << _bitCount) - 1;
    }

    private void AlignToByte(ref int position)
    {
        ReturnWholeBytes(ref position);
        _bits = 0;
        _bitCount = 0;
    }

    private InflateStatus? Finish(ref int position)
    {
        AlignToByte(ref position);
        return InflateStatus.Done;
    }

    private bool TryRefill(byte[] input, ref int position)
    {
        if ((uint)position > (uint)(input.Length - sizeof(ulong)))
        {
            return false;
        }
        _bits |= BitConverter.ToUInt64(input, position) << _bitCount;
        position += (63 - _bitCount) >> 3;
        _bitCount |= 56;
        return true;
    }

    private int TakeBits(int count)
    {
        int value = (int)(_bits & ((1UL << count) - 1));
        _bits >>= count;
        _bitCount -= count;
        return value;
    }

    private InflateStatus? ReadHeader(byte[] input, ref int position, int end, bool isLast)
    {
        if (!isLast && end - position < HeaderBytes)
        {
            return InflateStatus.NeedInput;
        }
        if (!TryRefill(input, ref position))
        {
            return InflateStatus.Truncated;
        }
        _lastBlock = TakeBits(1) != 0;
        switch (TakeBits(2))
        {
            case 0:
                return ReadStoredHeader(input, ref position, end);
            case 1:
                _literals.TryBuild(DeflateAlphabet.FixedLiteralLengths, DeflateAlphabet.Literals);
                _distances.TryBuild(DeflateAlphabet.FixedDistanceLengths, DeflateAlphabet.Distances);
                _mode = Mode.Codes;
                return null;
            case 2:
                return ReadCodes(input, ref position);
            default:
                return InflateStatus.Damaged;
        }
    }

    private InflateStatus? ReadStoredHeader(byte[] input, ref int position, int end)
    {
        AlignToByte(ref position);
        if (end - position < 4)
        {
            return InflateStatus.Truncated;
        }
        int length = BitConverter.ToUInt16(input, position);
        int complement = BitConverter.ToUInt16(input, position + 2);
        position += 4;
        if ((length ^ complement) != 0xFFFF)
        {
            return InflateStatus.Damaged;
        }
        _storedLeft = length;
        _mode = Mode.Stored;
        return null;
    }

    private InflateStatus? CopyStored(byte[] input, ref int position, int end, bool isLast)
    {
        int count = Math.Min(Math.Min(_storedLeft, end - position), WindowBytes - _written);
        input.AsSpan(position, count).CopyTo(_window.AsSpan(_written));
        position += count;
        _written += count;
        _storedLeft -= count;
        if (_storedLeft == 0)
        {
            _mode = Mode.Header;
            return null;
        }
        if (_written == WindowBytes)
        {
            return InflateStatus.NeedOutput;
        }
        return isLast ? InflateStatus.Truncated : InflateStatus.NeedInput;
    }

    /// <summary>Reads the code lengths of a dynamic block (RFC 1951, section 3.2.7).</summary>
    private InflateStatus? ReadCodes(byte[] input, ref int position)
    {
        int literalCount = TakeBits(5) + 257;
        int distanceCount = TakeBits(5) + 1;
        int lengthCount = TakeBits(4) + 4;
        if (literalCount > DeflateAlphabet.MaxLiterals || distanceCount > DeflateAlphabet.MaxDistances)
        {
            return InflateStatus.Damaged;
        }
        Span<byte> order = stackalloc byte[19];
        order.Clear();
        for (int i = 0; i < lengthCount; i++)
        {
            if (!TryRefill(input, ref position))
            {
                return InflateStatus.Truncated;
            }
            order[DeflateAlphabet.LengthOrder[i]] = (byte)TakeBits(3);
        }
        if (!_lengths.TryBuild(order, DeflateAlphabet.CodeLengths))
        {
            return InflateStatus.Damaged;
        }
        Span<byte> lengths = stackalloc byte[DeflateAlphabet.MaxLiterals + DeflateAlphabet.MaxDistances];
        int total = literalCount + distanceCount;
        int filled = 0;
        while (filled < total)
        {
            if (!TryRefill(input, ref position))
            {
                return InflateStatus.Truncated;
            }
            uint entry = _lengths.Entries[(int)(_bits & 127)];
            if ((entry & HuffmanTable.Invalid) != 0)
            {
                return InflateStatus.Damaged;
            }
            TakeBits((byte)entry);
            int symbol = (int)(entry >> 16);
            int repeat = symbol switch
            {
                16 => 3 + TakeBits(2),
                17 => 3 + TakeBits(3),
                18 => 11 + TakeBits(7),
                _ => 1,
            };
            if (filled + repeat > total || (symbol == 16 && filled == 0))
            {
                return InflateStatus.Damaged;
            }
            byte value = symbol switch
            {
                16 => lengths[filled - 1],
                17 or 18 => 0,
                _ => (byte)symbol,
            };
            lengths.Slice(filled, repeat).Fill(value);
            filled += repeat;
        }
        if (
            lengths[DeflateAlphabet.EndOfBlock] == 0
            || !_literals.TryBuild(lengths[..literalCount], DeflateAlphabet.Literals)
            || !_distances.TryBuild(lengths[literalCount..total], DeflateAlphabet.Distances)
        )
        {
            return InflateStatus.Damaged;
        }
        _mode = Mode.Codes;
        return null;
    }

    // One call may decode a whole small file: waiting for the runtime to notice that the loop is hot costs half of the time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private InflateStatus? DecodeCodes(byte[] input, ref int position, int end, bool isLast)
    {
        int inputLimit = isLast ? Math.Min(end + sizeof(ulong), input.Length - SymbolBytes - sizeof(ulong)) : end - SymbolBytes;
        const int OutputLimit = WindowBytes - LongestMatch - 32;
        ref byte source = ref MemoryMarshal.GetArrayDataReference(input);
        ref byte window = ref MemoryMarshal.GetArrayDataReference(_window);
        ref uint literals = ref MemoryMarshal.GetArrayDataReference(_literals.Entries);
        ref uint distances = ref MemoryMarshal.GetArrayDataReference(_distances.Entries);
        uint literalLinkMask = (1u << _literals.LinkBits) - 1;
        uint distanceLinkMask = (1u << _distances.LinkBits) - 1;
        ulong bits = _bits;
        int bitCount = _bitCount;
        int from = position;
        int to = _written;
        InflateStatus? status = null;
        while (true)
        {
            if (from > inputLimit)
            {
                status = isLast ? InflateStatus.Truncated : InflateStatus.NeedInput;
                break;
            }
            if (to > OutputLimit)
            {
                status = InflateStatus.NeedOutput;
                break;
            }
            Refill(ref source, ref from, ref bits, ref bitCount);
            uint entry = Unsafe.Add(ref literals, (nuint)(bits & 0x7FF));
            if ((entry & HuffmanTable.Literal) != 0)
            {
                // Three literals of at most 11 bits each leave enough of the 56 for the next look-up.
                Skip(ref bits, ref bitCount, entry);
                Unsafe.Add(ref window, to++) = (byte)(entry >> 16);
                entry = Unsafe.Add(ref literals, (nuint)(bits & 0x7FF));
                if ((entry & HuffmanTable.Literal) != 0)
                {
                    Skip(ref bits, ref bitCount, entry);
                    Unsafe.Add(ref window, to++) = (byte)(entry >> 16);
                    entry = Unsafe.Add(ref literals, (nuint)(bits & 0x7FF));
                    if ((entry & HuffmanTable.Literal) != 0)
                    {
                        Skip(ref bits, ref bitCount, entry);
                        Unsafe.Add(ref window, to++) = (byte)(entry >> 16);
                        continue;
                    }
                }
                Refill(ref source, ref from, ref bits, ref bitCount);
            }
            if ((entry & HuffmanTable.Link) != 0)
            {
                entry = Unsafe.Add(ref literals, (nuint)((entry >> 16) + ((uint)(bits >> 11) & literalLinkMask)));
            }
            Skip(ref bits, ref bitCount, entry);
            if ((entry & (HuffmanTable.Literal | HuffmanTable.End | HuffmanTable.Invalid)) != 0)
            {
                if ((entry & HuffmanTable.Literal) != 0)
                {
                    Unsafe.Add(ref window, to++) = (byte)(entry >> 16);
                    continue;
                }
                status = (entry & HuffmanTable.Invalid) != 0 ? InflateStatus.Damaged : null;
                _mode = Mode.Header;
                break;
            }
            int length = (int)(entry >> 16) + TakeExtra(ref bits, ref bitCount, entry);
            entry = Unsafe.Add(ref distances, (nuint)(bits & 0xFF));
            if ((entry & HuffmanTable.Link) != 0)
            {
                entry = Unsafe.Add(ref distances, (nuint)((entry >> 16) + ((uint)(bits >> 8) & distanceLinkMask)));
            }
            Skip(ref bits, ref bitCount, entry);
            int distance = (int)(entry >> 16) + TakeExtra(ref bits, ref bitCount, entry);
            if ((entry & HuffmanTable.Invalid) != 0 || distance > to - _historyStart)
            {
                status = InflateStatus.Damaged;
                break;
            }
            CopyMatch(ref Unsafe.Add(ref window, to), distance, length);
            to += length;
        }
        _bits = bits;
        _bitCount = bitCount;
        position = from;
        _written = to;
        return status;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refill(ref byte source, ref int from, ref ulong bits, ref int bitCount)
    {
        bits |= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, from)) << bitCount;
        from += (63 - bitCount) >> 3;
        bitCount |= 56;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Skip(ref ulong bits, ref int bitCount, uint entry)
    {
        bits >>= (int)entry;
        bitCount -= (byte)entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TakeExtra(ref ulong bits, ref int bitCount, uint entry)
    {
        int count = (int)(entry >> 8) & 15;
        int value = (int)((uint)bits & ((1u << count) - 1));
        bits >>= count;
        bitCount -= count;
        return value;
    }

    /// <summary>Copies a match; may write up to 31 bytes past its end, which later output overwrites.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyMatch(ref byte to, int distance, int length)
    {
        ref byte from = ref Unsafe.Subtract(ref to, distance);
        if (distance >= 16)
        {
            int done = 0;
            do
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, done), Unsafe.ReadUnaligned<UInt128>(ref Unsafe.Add(ref from, done)));
                done += 16;
            } while (done < length);
        }
        else if (distance == 1)
        {
            Unsafe.InitBlockUnaligned(ref to, from, (uint)length);
        }
        else
        {
            for (int i = 0; i < length; i++)
            {
                Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
            }
        }
    }
}
