using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Errors;

namespace StreamEtl.Tables;

/// <summary>
/// An order-independent checksum of rows: the sum modulo 2^128 of one 128-bit number for each row, mixed from key hash and row hash. Rows are added and taken away in any order, so
/// <c>previous − deletes − old + new + inserts = current</c> can be kept without reading the table, and proven by reading it.
/// </summary>
internal struct TableChecksum
{
    /// <summary>Digits of 64 bits.</summary>
    private const int Half = 16;

    // Two halves instead of a UInt128: whatever holds one cannot be compiled ahead, and a start took 10 ms longer.
    private ulong _high;
    private ulong _low;

    /// <summary>Takes a row in.</summary>
    public void Add(in Hash128 key, ulong row) => Add(Mix(key, row));

    /// <summary>Takes a row out.</summary>
    public void Remove(in Hash128 key, ulong row)
    {
        TableChecksum other = Mix(key, row);
        _high -= other._high + (_low < other._low ? 1UL : 0);
        _low -= other._low;
    }

    /// <summary>Takes in what another part has summed.</summary>
    public void Add(TableChecksum other)
    {
        _low += other._low;
        _high += other._high + (_low < other._low ? 1UL : 0);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override readonly string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static TableChecksum Parse(string text)
    {
        ulong low = 0;
        return text.Length == 2 * Half && TryParse(text.AsSpan(0, Half), out ulong high) && TryParse(text.AsSpan(Half), out low)
            ? new TableChecksum { _high = high, _low = low }
            : throw new StreamEtlException(ErrorKind.DamagedTable, $"'{text}' is not a checksum");
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    /// <summary>Each half depends on every bit of the row: a difference in one cannot be made up for by the other (multiply-fold, as in <see cref="Hashing.RowHasher"/>).</summary>
    private static TableChecksum Mix(in Hash128 key, ulong row)
    {
        ulong high = Folding.Fold(key.High ^ Folding.P0, row ^ Folding.P1) ^ key.Low;
        ulong low = Folding.Fold(key.Low ^ Folding.P2, row + Folding.P3) ^ key.High;
        return new TableChecksum { _high = Folding.Fold(high ^ Folding.P4, low | 1), _low = Folding.Fold(low ^ Folding.Golden, high | 1) };
    }
}
