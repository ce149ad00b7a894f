using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>
/// 64 bytes at a time: masks of delimiters, quotes and line endings; parity of the quotes tells what is inside them; set bits of what is outside are field ends.
/// Parity is right only where every quote opens at the start of a field or closes before the end of one. Both are checked with shifts, and a block that breaks
/// them (<c>5" pipe</c>) is scanned again by <see cref="ScalarScanner"/>, as is any dialect with an escape byte.
/// </summary>
internal sealed class VectorScanner<TLoader> : IScanner
    where TLoader : struct, IMaskLoader
{
    private static readonly ScalarScanner Fallback = new();

    /// <inheritdoc/>
    public string Name => TLoader.Name;

    /// <inheritdoc/>
    public int Scan(ReadOnlySpan<byte> block, bool isLast, CsvDialect dialect, FieldIndex index)
    {
        int consumed = 0;
        // Where the records turn out to differ the block is scanned once more; those who wish for records alone have inputs in which they do not.
        if (index.Width > 0 && dialect.Escape is null && TryScan(block, isLast, dialect, index, default(RecordEnds), out consumed))
        {
            return consumed;
        }
        index.Width = 0;
        index.Cut(0);
        if (dialect.Escape is null && TryScan(block, isLast, dialect, index, default(FieldEnds), out consumed))
        {
            return consumed;
        }
        index.Cut(0);
        return Fallback.Scan(block, isLast, dialect, index);
    }

    private static bool TryScan<TEnds>(
        ReadOnlySpan<byte> block,
        bool isLast,
        CsvDialect dialect,
        FieldIndex index,
        TEnds noted,
        out int consumed
    )
        where TEnds : struct, INotedEnds
    {
        Carry carry = new() { FieldStart = 1 };
        consumed = 0;
        int whole = block.Length & ~63;
        byte quote = dialect.Quote ?? 0;
        bool quoting = dialect.Quote is not null;
        ref byte start = ref MemoryMarshal.GetReference(block);
        for (int at = 0; at < whole; at += 64)
        {
            if (!ScanBlock(ref Unsafe.Add(ref start, at), at, ulong.MaxValue, dialect.Delimiter, quote, quoting, ref carry, index, noted))
            {
                return false;
            }
        }
        if (whole < block.Length)
        {
            Span<byte> tail = stackalloc byte[64];
            tail.Clear();
            block[whole..].CopyTo(tail);
            ulong valid = (1UL << (block.Length - whole)) - 1;
            if (!ScanBlock(ref MemoryMarshal.GetReference(tail), whole, valid, dialect.Delimiter, quote, quoting, ref carry, index, noted))
            {
                return false;
            }
        }
        if (isLast)
        {
            consumed = block.Length;
            if (carry.Inside != 0)
            {
                return false;
            }
            CloseLastRecord(block, index);
        }
        else
        {
            consumed = DropPartialRecord(block, index);
        }
        index.IsAscii = carry.NotAscii == 0;
        index.LineEnd = carry.LineEnd(endsInReturn: block.Length > 0 && block[^1] == '\r');
        return noted.AreComplete(index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ScanBlock<TEnds>(
        ref byte block,
        int at,
        ulong valid,
        byte delimiter,
        byte quote,
        bool quoting,
        ref Carry carry,
        FieldIndex index,
        TEnds noted
    )
        where TEnds : struct, INotedEnds
    {
        ulong delimiters = TLoader.Equal(ref block, delimiter) & valid;
        ulong feeds = TLoader.Equal(ref block, (byte)'\n') & valid;
        ulong returns = TLoader.Equal(ref block, (byte)'\r') & valid;
        ulong ends = delimiters | feeds | returns;
        if (quoting)
        {
            ulong quotes = TLoader.Equal(ref block, quote) & valid;
            if ((quotes | carry.Inside | carry.Closed) != 0)
            {
                ulong inside = QuoteMask.PrefixXor(quotes) ^ carry.Inside;
                ulong outsideEnds = ends & ~inside;
                ulong opening = quotes & inside;
                ulong closing = quotes & ~inside;
                // An opening quote follows a field's start, or the quote that it doubles; what follows a closing quote ends the field or doubles it.
                ulong afterStart = ((outsideEnds | quotes) << 1) | carry.FieldStart;
                ulong afterClosing = ((closing << 1) | carry.Closed) & valid;
                if ((opening & ~afterStart) != 0 || (afterClosing & ~(ends | quotes)) != 0)
                {
                    return false;
                }
                carry.Inside = (ulong)((long)inside >> 63);
                carry.Closed = closing >> 63;
                carry.FieldStart = (outsideEnds | quotes) >> 63;
                ends = outsideEnds;
                feeds &= ~inside;
                returns &= ~inside;
                // The next block's doubled quote is judged by Closed as well: FieldStart may only come from a quote that closed.
            }
            else
            {
                carry.FieldStart = ends >> 63;
            }
        }
        // The LF of a CR LF ends nothing: its CR has.
        ulong afterReturn = (returns << 1) | carry.Return;
        ulong secondHalf = feeds & afterReturn;
        carry.Return = returns >> 63;
        carry.NotAscii |= TLoader.NotAscii(ref block);
        carry.Feeds |= feeds & ~afterReturn;
        carry.Pairs |= secondHalf;
        carry.Returns |= afterReturn & ~feeds & valid;
        if (index.FieldCount + 64 > index.Ends.Length || index.RecordCount + 64 > index.RecordEnds.Length)
        {
            index.Reserve(64);
        }
        noted.Note(ends & ~secondHalf, (feeds | returns) & ~secondHalf, at, index);
        return true;
    }

    /// <summary>An input need not end with a line ending: its last field ends with it.</summary>
    private static void CloseLastRecord(ReadOnlySpan<byte> block, FieldIndex index)
    {
        if (block.Length > 0 && block[^1] is not ((byte)'\n' or (byte)'\r'))
        {
            index.Reserve(1);
            index.Ends[index.FieldCount++] = block.Length;
            index.RecordEnds[index.RecordCount++] = index.FieldCount - 1;
        }
    }

    /// <summary>Keeps whole records only; returns the bytes they take.</summary>
    private static int DropPartialRecord(ReadOnlySpan<byte> block, FieldIndex index)
    {
        if (index.RecordCount > 0 && block[^1] == '\r' && index.Ends[index.RecordEnds[index.RecordCount - 1]] == block.Length - 1)
        {
            index.RecordCount--;
        }
        index.Cut(index.RecordCount);
        if (index.RecordCount == 0)
        {
            return 0;
        }
        int end = index.Ends[index.FieldCount - 1];
        return end + LineEnds.At(block, end).Length();
    }

    /// <summary>What one block tells the next.</summary>
    private struct Carry
    {
        /// <summary>All ones when the block ended inside quotes.</summary>
        public ulong Inside;

        /// <summary>1 when the block's last byte was a closing quote.</summary>
        public ulong Closed;

        /// <summary>1 when a quote as the next byte may open: after a delimiter, a line ending, or a quote that it doubles.</summary>
        public ulong FieldStart;

        /// <summary>1 when the block's last byte was a CR outside quotes.</summary>
        public ulong Return;

        /// <summary>Not 0 when a byte so far was no ASCII.</summary>
        public ulong NotAscii;

        /// <summary>Not 0 when a record so far ended with LF alone.</summary>
        public ulong Feeds;

        /// <summary>Not 0 when a record so far ended with CR LF.</summary>
        public ulong Pairs;

        /// <summary>Not 0 when a record so far ended with CR alone.</summary>
        public ulong Returns;

        /// <summary>What all records so far ended with. Of a CR at the very end nobody knows yet whether it stands alone.</summary>
        public readonly LineEnd LineEnd(bool endsInReturn) =>
            (Feeds != 0, Returns != 0, Pairs != 0, endsInReturn) switch
            {
                (true, false, false, false) => Framing.LineEnd.LineFeed,
                (false, true, false, false) => Framing.LineEnd.CarriageReturn,
                (false, false, true, false) => Framing.LineEnd.CarriageReturnLineFeed,
                _ => Framing.LineEnd.None,
            };
    }
}
