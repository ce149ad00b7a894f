using StreamEtl.Errors;
using StreamEtl.Parquet.Reading;

namespace StreamEtl.Parquet.Metadata;

/// <summary>Parses a footer. Field numbers are those of parquet.thrift; fields that reading does not need are passed over.</summary>
internal static class FooterReader
{
    /// <summary>Reads <c>FileMetaData</c>; a <see cref="ParquetFault"/> when it is damaged.</summary>
    public static FileFooter Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        var footer = new FileFooter();
        bool hasRows = false;
        short id = 0;
        while (reader.NextField(ref id, out ThriftType type))
        {
            switch (id)
            {
                case 2:
                    int elements = reader.ReadList(type, out ThriftType element);
                    for (int i = 0; i < elements; i++)
                    {
                        footer.Schema.Add(SchemaElementReader.Read(ref reader, element));
                    }
                    break;
                case 3:
                    reader.Skip(type);
                    hasRows = true;
                    break;
                case 4:
                    int groups = reader.ReadList(type, out element);
                    for (int i = 0; i < groups; i++)
                    {
                        footer.RowGroups.Add(ReadRowGroup(ref reader, element));
                    }
                    break;
                case 6:
                    footer.CreatedBy = reader.ReadText(type);
                    break;
                case 8:
                    footer.IsEncrypted = true;
                    reader.Skip(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        if (footer.Schema.Count == 0 || !hasRows)
        {
            throw new ParquetFault(ErrorKind.DamagedParquet, "the footer lacks a schema or a row count");
        }
        return footer;
    }

    private static RowGroupInfo ReadRowGroup(ref ThriftReader reader, ThriftType type)
    {
        var group = new RowGroupInfo();
        reader.Enter(type);
        short id = 0;
        while (reader.NextField(ref id, out type))
        {
            switch (id)
            {
                case 1:
                    int count = reader.ReadList(type, out ThriftType element);
                    for (int i = 0; i < count; i++)
                    {
                        group.Chunks.Add(ReadChunk(ref reader, element));
                    }
                    break;
                case 3:
                    group.RowCount = reader.ReadInt64(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        reader.Leave();
        return group;
    }

    private static ChunkInfo ReadChunk(ref ThriftReader reader, ThriftType type)
    {
        var chunk = new ChunkInfo();
        reader.Enter(type);
        short id = 0;
        while (reader.NextField(ref id, out type))
        {
            switch (id)
            {
                case 1:
                    chunk.FilePath = reader.ReadText(type);
                    break;
                case 3:
                    ReadColumnMetadata(ref reader, type, chunk);
                    break;
                case 4:
                    chunk.IndexOffset = reader.ReadInt64(type);
                    break;
                case 5:
                    chunk.IndexLength = reader.ReadInt32(type);
                    break;
                case 8 or 9:
                    chunk.IsEncrypted = true;
                    reader.Skip(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        reader.Leave();
        return chunk;
    }

    private static void ReadColumnMetadata(ref ThriftReader reader, ThriftType type, ChunkInfo chunk)
    {
        chunk.HasMetadata = true;
        reader.Enter(type);
        short id = 0;
        while (reader.NextField(ref id, out type))
        {
            switch (id)
            {
                case 1:
                    chunk.Type = (PhysicalType)reader.ReadInt32(type);
                    break;
                case 4:
                    chunk.Codec = (CompressionCodec)reader.ReadInt32(type);
                    break;
                case 5:
                    chunk.ValueCount = reader.ReadInt64(type);
                    break;
                case 6:
                    chunk.UncompressedBytes = reader.ReadInt64(type);
                    break;
                case 7:
                    chunk.CompressedBytes = reader.ReadInt64(type);
                    break;
                case 9:
                    chunk.DataOffset = reader.ReadInt64(type);
                    break;
                case 11:
                    chunk.DictionaryOffset = reader.ReadInt64(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        reader.Leave();
    }
}
