using System.Numerics;
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
    /// <summary>Ends that 64 bytes may have, and one more that is written without asking.</summary>
    private const int Room = 65;

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
        consumed = 0;
        byte delimiter = dialect.Delimiter;
        byte quote = dialect.Quote ?? 0;
        bool quoting = dialect.Quote is not null;
        ref byte start = ref MemoryMarshal.GetReference(block);
        int whole = block.Length & ~63;
        Span<byte> tail = stackalloc byte[64];
        tail.Fill(Filler(delimiter, quote));
        block[whole..].CopyTo(tail);

        // What one step tells the next, and what all have seen, in locals: the loop has a few dozen instructions, and each would wait for the memory of a field.
        ulong inside = 0; // all ones when the step before ended inside quotes
        ulong closed = 0; // 1 when its last byte was a closing quote
        ulong fieldStart = 1; // 1 when a quote as the next byte may open: after a delimiter, a line ending, or a quote that it doubles
        ulong afterReturn = 0; // 1 when its last byte was a CR outside quotes
        var seen = new Seen();
        int[] fieldEnds = index.Ends;
        int[] recordEnds = index.RecordEnds;
        int fields = 0;
        int records = 0;
        for (int at = 0; at < block.Length; at += 64)
        {
            scoped ref byte bytes = ref Unsafe.Add(ref start, at);
            ulong valid = ulong.MaxValue;
            if (at == whole)
            {
                bytes = ref MemoryMarshal.GetReference(tail);
                valid = (1UL << (block.Length - whole)) - 1;
            }
            ulong delimiters = TLoader.Equal(ref bytes, delimiter);
            ulong feeds = TLoader.Equal(ref bytes, (byte)'\n');
            ulong returns = TLoader.Equal(ref bytes, (byte)'\r');
            seen.NotAscii |= TLoader.NotAscii(ref bytes);
            seen.LineFeeds += BitOperations.PopCount(feeds);
            seen.Returns |= returns;
            ulong ends = delimiters | feeds | returns;
            ulong quotes = quoting ? TLoader.Equal(ref bytes, quote) : 0;
            if ((quotes | inside | closed) == 0)
            {
                fieldStart = ends >> 63;
            }
            else
            {
                ulong isInside = QuoteMask.PrefixXor(quotes) ^ inside;
                ulong opening = quotes & isInside;
                ulong closing = quotes & ~isInside;
                ulong outsideEnds = ends & ~isInside;
                // An opening quote follows a field's start, or the quote that it doubles; what follows a closing quote ends the field or doubles it.
                ulong afterStart = ((outsideEnds | quotes) << 1) | fieldStart;
                ulong afterClosing = ((closing << 1) | closed) & valid;
                if ((opening & ~afterStart) != 0 || (afterClosing & ~(ends | quotes)) != 0)
                {
                    return false;
                }
                inside = (ulong)((long)isInside >> 63);
                closed = closing >> 63;
                // The next step's doubled quote is judged by what closed as well: this may only come from a quote that closed.
                fieldStart = (outsideEnds | quotes) >> 63;
                ends = outsideEnds;
                feeds &= ~isInside;
                returns &= ~isInside;
            }
            ulong lines = feeds;
            if ((returns | afterReturn) == 0)
            {
                seen.Feeds |= feeds;
            }
            else
            {
                ulong follows = (returns << 1) | afterReturn;
                ulong secondHalf = feeds & follows;
                afterReturn = returns >> 63;
                seen.Feeds |= feeds & ~follows;
                seen.Pairs |= secondHalf;
                seen.LoneReturns |= follows & ~feeds & valid;
                // The LF of a CR LF ends nothing: its CR has.
                ends &= ~secondHalf;
                lines = (feeds | returns) & ~secondHalf;
            }
            if (fields + Room > fieldEnds.Length || records + Room > recordEnds.Length)
            {
                (index.FieldCount, index.RecordCount) = (fields, records);
                index.Reserve(Room);
                (fieldEnds, recordEnds) = (index.Ends, index.RecordEnds);
            }
            noted.Note(
                ends,
                lines,
                at,
                fields,
                ref MemoryMarshal.GetArrayDataReference(fieldEnds),
                ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(recordEnds), records)
            );
            fields += BitOperations.PopCount(ends);
            records += BitOperations.PopCount(lines);
        }
        (index.FieldCount, index.RecordCount) = (fields, records);
        if (isLast)
        {
            consumed = block.Length;
            if (inside != 0)
            {
                return false;
            }
            CloseLastRecord(block, index);
        }
        else
        {
            consumed = DropPartialRecord(block, index);
        }
        index.IsAscii = seen.NotAscii == 0;
        index.LineEnd = seen.LineEnd(endsInReturn: block.Length > 0 && block[^1] == '\r');
        index.LineFeeds = seen.Returns == 0 ? seen.LineFeeds : -1;
        return noted.AreComplete(index);
    }

    /// <summary>A byte that means nothing, to fill up the last 64.</summary>
    private static byte Filler(byte delimiter, byte quote)
    {
        byte filler = 0;
        while (filler == delimiter || filler == quote)
        {
            filler++;
        }
        return filler;
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

    /// <summary>What all steps have seen. Masks: not 0 when there was one.</summary>
    private struct Seen
    {
        /// <summary>Bytes that are no ASCII.</summary>
        public ulong NotAscii;

        /// <summary>LF, inside quotes or not.</summary>
        public int LineFeeds;

        /// <summary>CR, inside quotes or not.</summary>
        public ulong Returns;

        /// <summary>Records that end with LF alone.</summary>
        public ulong Feeds;

        /// <summary>Records that end with CR LF.</summary>
        public ulong Pairs;

        /// <summary>Records that end with CR alone.</summary>
        public ulong LoneReturns;

        /// <summary>What all records end with. Of a CR at the very end nobody knows yet whether it stands alone.</summary>
        public readonly LineEnd LineEnd(bool endsInReturn) =>
            (Feeds != 0, LoneReturns != 0, Pairs != 0, endsInReturn) switch
            {
                (true, false, false, false) => Framing.LineEnd.LineFeed,
                (false, true, false, false) => Framing.LineEnd.CarriageReturn,
                (false, false, true, false) => Framing.LineEnd.CarriageReturnLineFeed,
                _ => Framing.LineEnd.None,
            };
    }
}
