using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>
/// Finds where fields end in records of which the scanner has noted only the ends (<see cref="FieldIndex.Width"/>): of all records those that the pass reads, of few records the others. The
/// scanner has seen to it that quotes stand only where they may, so their parity alone tells what is inside.
/// </summary>
internal readonly struct FieldFinder(CsvUnit unit, CsvDialect dialect)
{
    private readonly byte _delimiter = dialect.Delimiter;
    private readonly byte? _quote = dialect.Quote;

    /// <summary>Notes the ends of the first <paramref name="count"/> fields of rows, which have more.</summary>
    public void FindFirst(CsvRows rows, int count)
    {
        if (count == 1)
        {
            FindFirst(rows);
            return;
        }
        for (int r = 0; r < rows.Count; r++)
        {
            Find(rows.Starts[r], rows.Fields[r], count);
        }
    }

    /// <summary>As it is for most keys: one short field without quotes, found in one look.</summary>
    private void FindFirst(CsvRows rows)
    {
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(unit.Bytes);
        ref int ends = ref MemoryMarshal.GetArrayDataReference(unit.Index.Ends);
        var delimiter = Vector256.Create(_delimiter);
        var quote = Vector256.Create(_quote ?? _delimiter);
        for (int r = 0; r < rows.Count; r++)
        {
            int start = rows.Starts[r];
            Vector256<byte> block = Vector256.LoadUnsafe(ref bytes, (nuint)start);
            uint delimiters = Vector256.Equals(block, delimiter).ExtractMostSignificantBits();
            uint quotesBefore = Vector256.Equals(block, quote).ExtractMostSignificantBits() & (delimiters - 1) & ~delimiters;
            if (delimiters != 0 && quotesBefore == 0)
            {
                Unsafe.Add(ref ends, rows.Fields[r]) = start + BitOperations.TrailingZeroCount(delimiters);
            }
            else
            {
                Find(start, rows.Fields[r], 1);
            }
        }
    }

    /// <summary>Notes the ends of the fields behind the first <paramref name="first"/>, whose bytes may have been changed since they were found.</summary>
    public void FindRest(CsvRows rows, int first)
    {
        for (int r = 0; r < rows.Count; r++)
        {
            int field = rows.Fields[r] + first;
            Find(first == 0 ? rows.Starts[r] : unit.Index.Ends[field - 1] + 1, field, unit.Index.Width - 1 - first);
        }
    }

    /// <summary>Notes the ends of all fields of all records.</summary>
    public void FindAll()
    {
        FieldIndex index = unit.Index;
        int start = 0;
        for (int r = 0; r < index.RecordCount; r++)
        {
            int last = index.RecordEnds[r];
            Find(start, last + 1 - index.Width, index.Width - 1);
            int end = index.Ends[last];
            start = end + LineEnds.At(unit.Bytes.AsSpan(0, unit.Length), end).Length();
        }
        index.Width = 0;
    }

    /// <summary>Notes the ends of <paramref name="count"/> fields from a position on, none of them a record's last: there are as many delimiters, so nothing behind the record is ever looked for.</summary>
    private void Find(int at, int field, int count)
    {
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(unit.Bytes);
        ref int end = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(unit.Index.Ends), field);
        var delimiter = Vector256.Create(_delimiter);
        uint inside = 0;
        // Blocks have TextConverter.Slack readable bytes behind them.
        for (; count > 0; at += Vector256<byte>.Count)
        {
            Vector256<byte> block = Vector256.LoadUnsafe(ref bytes, (nuint)at);
            uint delimiters = Vector256.Equals(block, delimiter).ExtractMostSignificantBits();
            if (_quote is { } quote)
            {
                uint quotes = Vector256.Equals(block, Vector256.Create(quote)).ExtractMostSignificantBits();
                if ((quotes | inside) != 0)
                {
                    uint parity = (uint)QuoteMask.PrefixXor(quotes) ^ inside;
                    delimiters &= ~parity;
                    inside = (uint)((int)parity >> 31);
                }
            }
            for (; delimiters != 0 && count > 0; count--)
            {
                end = at + BitOperations.TrailingZeroCount(delimiters);
                end = ref Unsafe.Add(ref end, 1);
                delimiters &= delimiters - 1;
            }
        }
    }
}
