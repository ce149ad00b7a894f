namespace StreamEtl.Sources;

/// <summary>The symbols of DEFLATE (RFC 1951, sections 3.2.5 and 3.2.6) in the form of <see cref="HuffmanTable"/> entries without code lengths.</summary>
internal static class DeflateAlphabet
{
    /// <summary>Literal and length symbols that a dynamic block may define.</summary>
    public const int MaxLiterals = 286;

    /// <summary>Distance symbols that a dynamic block may define.</summary>
    public const int MaxDistances = 30;

    /// <summary>The symbol that ends a block.</summary>
    public const int EndOfBlock = 256;

    /// <summary>Literals, end of block and lengths.</summary>
    public static uint[] Literals { get; } = BuildLiterals();

    /// <summary>Distances.</summary>
    public static uint[] Distances { get; } = BuildDistances();

    /// <summary>The symbols of the code that code lengths are written in.</summary>
    public static uint[] CodeLengths { get; } = [.. Enumerable.Range(0, 19).Select(i => (uint)i << 16)];

    /// <summary>The order in which the lengths of <see cref="CodeLengths"/> are stored.</summary>
    public static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Code lengths of the fixed literal code.</summary>
    public static byte[] FixedLiteralLengths { get; } =
    [
        .. Enumerable
            .Range(0, 288)
            .Select(i =>
                (byte)(
                    i < 144 ? 8
                    : i < 256 ? 9
                    : i < 280 ? 7
                    : 8
                )
            ),
    ];

    /// <summary>Code lengths of the fixed distance code.</summary>
    public static byte[] FixedDistanceLengths { get; } = [.. Enumerable.Repeat((byte)5, 32)];

    private static uint[] BuildLiterals()
    {
        var symbols = new uint[288];
        Array.Fill(symbols, HuffmanTable.Invalid);
        for (uint i = 0; i < 256; i++)
        {
            symbols[i] = HuffmanTable.Literal | (i << 16);
        }
        symbols[EndOfBlock] = HuffmanTable.End;
        uint length = 3;
        for (int i = 0; i < 28; i++)
        {
            int extra = i < 8 ? 0 : (i - 4) / 4;
            symbols[257 + i] = (length << 16) | ((uint)extra << 8);
            length += 1u << extra;
        }
        symbols[285] = 258u << 16;
        return symbols;
    }

    private static uint[] BuildDistances()
    {
        var symbols = new uint[32];
        Array.Fill(symbols, HuffmanTable.Invalid);
        uint distance = 1;
        for (int i = 0; i < MaxDistances; i++)
        {
            int extra = i < 4 ? 0 : (i - 2) / 2;
            symbols[i] = (distance << 16) | ((uint)extra << 8);
            distance += 1u << extra;
        }
        return symbols;
    }
}
