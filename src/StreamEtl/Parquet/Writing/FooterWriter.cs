using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>The footer (apache/parquet-format, parquet.thrift; the numbers here are its field ids).</summary>
internal static class FooterWriter
{
    private const int FooterVersion = 1;

    /// <summary>FileMetaData.</summary>
    public static ReadOnlyMemory<byte> Footer(
        IReadOnlyList<Field> fields,
        IReadOnlyList<RowGroupEntry> groups,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        var thrift = new ThriftWriter();
        thrift.Int(1, FooterVersion);
        SchemaWriter.Write(thrift, fields);
        thrift.Long(3, groups.Sum(g => (long)g.Rows));
        thrift.Structs(4, groups.Count);
        foreach (RowGroupEntry group in groups)
        {
            WriteGroup(thrift, fields, group);
        }
        if (metadata.Count > 0)
        {
            thrift.Structs(5, metadata.Count);
            foreach ((string key, string value) in metadata)
            {
                thrift.Begin();
                thrift.Text(1, key);
                thrift.Text(2, value);
                thrift.End();
            }
        }
        // Readers look for known writers' faults by this text, and some insist on its form.
        thrift.Text(6, $"StreamEtl version {EngineVersion.Number} (build {EngineVersion.Build})");
        // Without an order, min_value and max_value mean nothing: every column says TypeDefinedOrder.
        thrift.Structs(7, fields.Count);
        for (int i = 0; i < fields.Count; i++)
        {
            thrift.Begin();
            thrift.Begin(1);
            thrift.End();
            thrift.End();
        }
        thrift.End();
        return thrift.Written;
    }

    private static void WriteGroup(ThriftWriter thrift, IReadOnlyList<Field> fields, RowGroupEntry group)
    {
        thrift.Begin();
        thrift.Structs(1, fields.Count);
        for (int c = 0; c < fields.Count; c++)
        {
            WriteChunk(thrift, fields[c], group.Columns[c], group.Offset);
        }
        thrift.Long(2, group.Columns.Sum(c => c.UncompressedBytes));
        thrift.Long(3, group.Rows);
        thrift.Long(5, group.Offset);
        thrift.Long(6, group.StoredBytes);
        thrift.End();
    }

    private static void WriteChunk(ThriftWriter thrift, Field field, ColumnChunk chunk, long groupOffset)
    {
        thrift.Begin();
        thrift.Long(2, 0);
        thrift.Begin(3);
        thrift.Int(1, SchemaWriter.Physical(field.Type));
        thrift.Ints(2, chunk.Encodings);
        thrift.Texts(3, [field.Name]);
        thrift.Int(4, (int)chunk.Codec);
        thrift.Long(5, chunk.Values);
        thrift.Long(6, chunk.UncompressedBytes);
        thrift.Long(7, chunk.StoredBytes);
        thrift.Long(9, groupOffset + chunk.DataOffset);
        if (chunk.DictionaryOffset >= 0)
        {
            thrift.Long(11, groupOffset + chunk.DictionaryOffset);
        }
        thrift.Begin(12);
        thrift.Long(3, chunk.NullCount);
        if (chunk.Distinct is { } distinct)
        {
            thrift.Long(4, distinct);
        }
        if (chunk.Bounds is { } bounds)
        {
            thrift.Bytes(5, bounds.Max);
            thrift.Bytes(6, bounds.Min);
            thrift.Bool(7, bounds.MaxExact);
            thrift.Bool(8, bounds.MinExact);
        }
        thrift.End();
        thrift.End();
        thrift.Long(4, chunk.OffsetIndex.Offset);
        thrift.Int(5, chunk.OffsetIndex.Length);
        if (chunk.ColumnIndex.Length > 0)
        {
            thrift.Long(6, chunk.ColumnIndex.Offset);
            thrift.Int(7, chunk.ColumnIndex.Length);
        }
        thrift.End();
    }
}
