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
    private UInt128 _sum;

    /// <summary>Takes a row in.</summary>
    public void Add(in Hash128 key, ulong row) => _sum += Mix(key, row);

    /// <summary>Takes a row out.</summary>
    public void Remove(in Hash128 key, ulong row) => _sum -= Mix(key, row);

    /// <summary>Takes in what another part has summed.</summary>
    public void Add(TableChecksum other) => _sum += other._sum;

    /// <summary>32 hexadecimal digits.</summary>
    public override readonly string ToString() => _sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static TableChecksum Parse(string text) =>
        UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 sum)
            ? new TableChecksum { _sum = sum }
            : throw new StreamEtlException(ErrorKind.DamagedTable, $"'{text}' is not a checksum");

    /// <summary>Each half depends on every bit of the row: a difference in one cannot be made up for by the other (multiply-fold, as in <see cref="Hashing.RowHasher"/>).</summary>
    private static UInt128 Mix(in Hash128 key, ulong row)
    {
        ulong high = Fold(key.High ^ 0xA0761D6478BD642F, row ^ 0xE7037ED1A0B428DB) ^ key.Low;
        ulong low = Fold(key.Low ^ 0x8EBC6AF09C88C6E3, row + 0x589965CC75374CC3) ^ key.High;
        return new UInt128(Fold(high ^ 0x1D8E4E27C47D124F, low | 1), Fold(low ^ 0x9E3779B97F4A7C15, high | 1));
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
