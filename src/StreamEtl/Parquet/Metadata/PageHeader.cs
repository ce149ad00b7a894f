using StreamEtl.Errors;
using StreamEtl.Parquet.Reading;

namespace StreamEtl.Parquet.Metadata;

/// <summary>What stands before each page (<c>PageHeader</c> in parquet.thrift), with the fields of whichever kind of page it is.</summary>
internal sealed class PageHeader
{
    /// <summary>Kind of page; kinds that are not known are passed over.</summary>
    public PageType Type { get; private set; }

    /// <summary>Bytes of the page once decompressed, levels included.</summary>
    public int UncompressedBytes { get; private set; }

    /// <summary>Bytes of the page in the file, header not included.</summary>
    public int CompressedBytes { get; private set; }

    /// <summary>CRC-32 of the page's bytes in the file, when the writer took it.</summary>
    public uint? Crc { get; private set; }

    /// <summary>Values, NULLs included.</summary>
    public int ValueCount { get; private set; }

    /// <summary>Encoding of the values.</summary>
    public PageEncoding Encoding { get; private set; }

    /// <summary>Encoding of the definition levels (version 1).</summary>
    public PageEncoding DefinitionEncoding { get; private set; }

    /// <summary>Encoding of the repetition levels (version 1).</summary>
    public PageEncoding RepetitionEncoding { get; private set; }

    /// <summary>Bytes of definition levels (version 2).</summary>
    public int DefinitionBytes { get; private set; }

    /// <summary>Bytes of repetition levels (version 2).</summary>
    public int RepetitionBytes { get; private set; }

    /// <summary>Whether the values are compressed (version 2).</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>Parses the header at the start of <paramref name="bytes"/>; a <see cref="ParquetFault"/> when it is damaged or does not end there.</summary>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, out int length)
    {
        var header = new PageHeader
        {
            IsCompressed = true,
            Type = (PageType)(-1),
            UncompressedBytes = -1,
            CompressedBytes = -1,
        };
        var reader = new ThriftReader(bytes);
        PageType details = (PageType)(-1);
        short id = 0;
        while (reader.NextField(ref id, out ThriftType type))
        {
            switch (id)
            {
                case 1:
                    header.Type = (PageType)reader.ReadInt32(type);
                    break;
                case 2:
                    header.UncompressedBytes = reader.ReadInt32(type);
                    break;
                case 3:
                    header.CompressedBytes = reader.ReadInt32(type);
                    break;
                case 4:
                    header.Crc = (uint)reader.ReadInt32(type);
                    break;
                case 5:
                    details = PageType.Data;
                    header.ReadDetails(ref reader, type, details);
                    break;
                case 7:
                    details = PageType.Dictionary;
                    header.ReadDetails(ref reader, type, details);
                    break;
                case 8:
                    details = PageType.DataV2;
                    header.ReadDetails(ref reader, type, details);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        length = reader.Position;
        header.Check(details);
        return header;
    }

    private void ReadDetails(ref ThriftReader reader, ThriftType type, PageType kind)
    {
        reader.Enter(type);
        short id = 0;
        while (reader.NextField(ref id, out type))
        {
            switch (kind, id)
            {
                case (_, 1):
                    ValueCount = reader.ReadInt32(type);
                    break;
                case (PageType.Data or PageType.Dictionary, 2):
                case (PageType.DataV2, 4):
                    Encoding = (PageEncoding)reader.ReadInt32(type);
                    break;
                case (PageType.Data, 3):
                    DefinitionEncoding = (PageEncoding)reader.ReadInt32(type);
                    break;
                case (PageType.Data, 4):
                    RepetitionEncoding = (PageEncoding)reader.ReadInt32(type);
                    break;
                case (PageType.DataV2, 5):
                    DefinitionBytes = reader.ReadInt32(type);
                    break;
                case (PageType.DataV2, 6):
                    RepetitionBytes = reader.ReadInt32(type);
                    break;
                case (PageType.DataV2, 7):
                    IsCompressed = ThriftReader.ReadBoolean(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        reader.Leave();
    }

    private void Check(PageType details)
    {
        if (UncompressedBytes < 0 || CompressedBytes < 0 || ValueCount < 0)
        {
            throw new ParquetFault(ErrorKind.DamagedParquet, "a page header has a negative or missing size");
        }
        if (Type is PageType.Data or PageType.DataV2 or PageType.Dictionary && details != Type)
        {
            throw new ParquetFault(ErrorKind.DamagedParquet, "a page header lacks the details of its kind of page");
        }
        // The sum of two sizes may pass 2^31.
        if (
            DefinitionBytes < 0
            || RepetitionBytes < 0
            || (long)DefinitionBytes + RepetitionBytes > Math.Min(UncompressedBytes, CompressedBytes)
        )
        {
            throw new ParquetFault(ErrorKind.DamagedParquet, "the levels of a page are longer than the page");
        }
    }
}
