namespace StreamEtl.Parquet.Metadata;

/// <summary>Wire types of Thrift's compact protocol.</summary>
internal enum ThriftType
{
    /// <summary>End of a struct.</summary>
    Stop = 0,

    /// <summary>true; in lists also the element type of booleans.</summary>
    True = 1,

    /// <summary>false.</summary>
    False = 2,

    /// <summary>One byte.</summary>
    Byte = 3,

    /// <summary>Zigzag varint of 16 bits.</summary>
    Int16 = 4,

    /// <summary>Zigzag varint of 32 bits.</summary>
    Int32 = 5,

    /// <summary>Zigzag varint of 64 bits.</summary>
    Int64 = 6,

    /// <summary>8 bytes, little-endian.</summary>
    Double = 7,

    /// <summary>Length and bytes.</summary>
    Binary = 8,

    /// <summary>Length, element type and elements.</summary>
    List = 9,

    /// <summary>As <see cref="List"/>.</summary>
    Set = 10,

    /// <summary>Length, key and value types, entries.</summary>
    Map = 11,

    /// <summary>Fields up to <see cref="Stop"/>.</summary>
    Struct = 12,

    /// <summary>16 bytes.</summary>
    Uuid = 13,
}
