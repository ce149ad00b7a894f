namespace StreamEtl.Parsing;

/// <summary>Looks at 64 bytes at once: the only thing in which the vector scanners differ.</summary>
internal interface IMaskLoader
{
    /// <summary>Bit i of the result is set where byte i of the 64 at <paramref name="block"/> equals <paramref name="value"/>.</summary>
    static abstract ulong Equal(ref readonly byte block, byte value);

    /// <summary>Not 0 where one of the 64 bytes at <paramref name="block"/> is no ASCII.</summary>
    static abstract ulong NotAscii(ref readonly byte block);

    /// <summary>True when this machine can.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The scanner's name.</summary>
    static abstract string Name { get; }
}
