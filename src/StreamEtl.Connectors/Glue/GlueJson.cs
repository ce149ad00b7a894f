using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Types;

namespace StreamEtl.Connectors.Glue;

/// <summary>Requests to the catalog, to the letter of what awswrangler sends (aws-sdk-pandas, awswrangler/catalog/_definitions.py), so that whoever reads its tables reads ours.</summary>
internal static class GlueJson
{
    /// <summary>An object with these members.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>A <c>TableInput</c> of Parquet with Snappy.</summary>
    public static void TableInput(Utf8JsonWriter writer, GlueTable table, IReadOnlyList<Field> columns)
    {
        writer.WriteStartObject("TableInput");
        writer.WriteString("Name", table.Name);
        writer.WriteStartArray("PartitionKeys");
        foreach (string key in table.PartitionKeys)
        {
            Column(writer, key, "string");
        }
        writer.WriteEndArray();
        writer.WriteString("TableType", "EXTERNAL_TABLE");
        TableParameters(writer, crawler: false);
        Storage(writer, table.Location + "/", columns, ofTable: true);
        writer.WriteEndObject();
    }

    /// <summary>A <c>PartitionInput</c>, as a value of the document being written.</summary>
    public static void PartitionInput(Utf8JsonWriter writer, GluePartition partition)
    {
        writer.WriteStartObject();
        Storage(writer, partition.Location, partition.Columns, ofTable: false);
        writer.WriteStartArray("Values");
        foreach (string value in partition.Values)
        {
            writer.WriteStringValue(value);
        }
        writer.WriteEndArray();
        writer.WriteStartObject("Parameters");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Glue's name for a type.</summary>
    public static string TypeOf(ColumnType type) =>
        type.Kind switch
        {
            ColumnKind.Boolean => "boolean",
            ColumnKind.Integer or ColumnKind.Time => "bigint",
            ColumnKind.Decimal => $"decimal({type.Precision},{type.Scale})",
            ColumnKind.Float => "double",
            ColumnKind.Date => "date",
            ColumnKind.Timestamp or ColumnKind.Instant => "timestamp",
            ColumnKind.Binary => "binary",
            _ => "string",
        };

    private static void Storage(Utf8JsonWriter writer, string location, IReadOnlyList<Field> columns, bool ofTable)
    {
        writer.WriteStartObject("StorageDescriptor");
        writer.WriteStartArray("Columns");
        foreach (Field field in columns)
        {
            Column(writer, field.Name, TypeOf(field.Type));
        }
        writer.WriteEndArray();
        writer.WriteString("Location", location);
        writer.WriteString("InputFormat", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat");
        writer.WriteString("OutputFormat", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat");
        writer.WriteBoolean("Compressed", true);
        writer.WriteNumber("NumberOfBuckets", -1);
        writer.WriteStartObject("SerdeInfo");
        writer.WriteString("SerializationLibrary", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe");
        writer.WriteStartObject("Parameters");
        writer.WriteString("serialization.format", "1");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("BucketColumns");
        writer.WriteEndArray();
        writer.WriteBoolean("StoredAsSubDirectories", false);
        if (ofTable)
        {
            writer.WriteStartArray("SortColumns");
            writer.WriteEndArray();
            TableParameters(writer, crawler: true);
        }
        writer.WriteEndObject();
    }

    private static void TableParameters(Utf8JsonWriter writer, bool crawler)
    {
        writer.WriteStartObject("Parameters");
        if (crawler)
        {
            writer.WriteString("CrawlerSchemaDeserializerVersion", "1.0");
        }
        writer.WriteString("classification", "parquet");
        writer.WriteString("compressionType", "snappy");
        writer.WriteString("typeOfData", "file");
        writer.WriteEndObject();
    }

    private static void Column(Utf8JsonWriter writer, string name, string type)
    {
        writer.WriteStartObject();
        writer.WriteString("Name", name);
        writer.WriteString("Type", type);
        writer.WriteEndObject();
    }
}
