using System.Globalization;
using StreamEtl.Batches;

namespace StreamEtl.Hashing;

/// <summary>
/// How many bits of a hash count. All 128 in use; fewer (STREAMETL_HASH_BITS) to prove that colliding hashes never make a wrong row: with so few, rows are
/// compared by content (<see cref="RowContent"/>).
/// </summary>
/// <remarks>
/// Of n different rows, two share all 128 bits with a probability of about n²/2^129: below 10^-18 for ten billion rows. That is the policy: content is compared when
/// the user asks (<c>--exact</c>) or the width is below <see cref="Trusted"/>.
/// </remarks>
internal static class HashWidth
{
    /// <summary>Width from which equal hashes are taken as equal rows.</summary>
    public const int Trusted = 128;

    /// <summary>Bits that count.</summary>
    public static int Bits { get; } =
        int.TryParse(
            Environment.GetEnvironmentVariable("STREAMETL_HASH_BITS"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int bits
        )
            ? Math.Clamp(bits, 1, Trusted)
            : Trusted;

    /// <summary>The hash with only the counting bits.</summary>
    public static Hash128 Apply(Hash128 hash) =>
        Bits == Trusted ? hash
        : Bits <= 64 ? new Hash128(hash.High >> (64 - Bits) << (64 - Bits), 0)
        : new Hash128(hash.High, hash.Low & (ulong.MaxValue >> (Trusted - Bits)));
}
