using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Connectors.Dynamo;
using StreamEtl.Connectors.Journeys;

namespace StreamEtl.Connectors.Congregados;

/// <summary>
/// What a consolidation leaves about itself in <c>congregado_data</c> (B4): one item for each consolidated table, with the attributes that users of that table know. The README beside this file
/// says what each of them is, and which bytes <see cref="Key"/> is the hash of.
/// </summary>
public sealed class Congregado
{
    /// <summary>Rows of the sample at most.</summary>
    public const int MostSample = 1000;

    /// <summary><c>processor_type</c>.</summary>
    public const string ProcessorType = "streametl";

    private const string Form = "streametl-congregado-1";

    /// <summary>Of DynamoDB's 409,600 bytes an item, what the sample leaves for what a store adds of its own.</summary>
    private const long MostBytes = (400 << 10) - 512;

    private readonly JsonElement _content;

    private readonly CongregadoFacts _facts;

    private Congregado(CongregadoFacts facts, string key, JsonElement content, int sample)
    {
        (_facts, Key, _content, SampleCount) = (facts, key, content, sample);
    }

    /// <summary><c>id</c>: <c>DATABASE_TABLE</c>.</summary>
    public string Id => IdOf(Database, Table);

    /// <summary><c>database</c>.</summary>
    public string Database => _facts.Database;

    /// <summary><c>tabela_consolidada</c>.</summary>
    public string Table => _facts.Table;

    /// <summary><c>idempotency_key</c>: 64 lower-case hexadecimal digits. The same content has the same key in every store.</summary>
    public string Key { get; }

    /// <summary>Rows in <c>sample_data</c>: as many of the first rows as an item holds, at most <see cref="MostSample"/>.</summary>
    public int SampleCount { get; }

    /// <summary>Makes it of what a run has written.</summary>
    public static Congregado Of(CongregadoFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        string id = IdOf(facts.Database, facts.Table);
        JsonElement bare = JsonElement.Parse(Write(w => WriteContent(w, facts, [])));
        long room = MostBytes - DynamoSize.OfItem(Item(bare, id, new string('0', 64), Text(default), Text(default)));
        var sample = new List<JsonElement>();
        foreach (byte[] row in facts.FirstRows.Take(MostSample))
        {
            // By way of a string: what is not UTF-8 (a Parquet file may hold such text) becomes U+FFFD.
            JsonElement value = JsonElement.Parse(System.Text.Encoding.UTF8.GetString(row));
            room -= DynamoSize.Of(value);
            if (room < 0)
            {
                break;
            }
            sample.Add(value);
        }
        JsonElement content = JsonElement.Parse(Write(w => WriteContent(w, facts, sample)));
        byte[] hashed = Write(w =>
        {
            w.WriteStartObject();
            w.WritePropertyName("content");
            content.WriteTo(w);
            w.WriteString("rows", facts.RowsDigest);
            w.WriteEndObject();
        });
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(System.Text.Encoding.UTF8.GetBytes(Form + "\n"));
        buffer.Write(JourneyKey.Canonical(JsonElement.Parse(hashed)));
        return new Congregado(facts, Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan)), content, sample.Count);
    }

    /// <summary>The id of a table's item.</summary>
    public static string IdOf(string database, string table) => $"{database}_{table}";

    /// <summary>The item, an object. Times are ISO 8601, UTC.</summary>
    /// <param name="created"><c>created_at</c>; what an item says that is there already, or null: <paramref name="updated"/>.</param>
    /// <param name="updated"><c>updated_at</c>.</param>
    public JsonElement ToItem(string? created, DateTimeOffset updated) => Item(_content, Id, Key, created ?? Text(updated), Text(updated));

    private static JsonElement Item(JsonElement content, string id, string key, string created, string updated) =>
        JsonElement.Parse(
            Write(w =>
            {
                w.WriteStartObject();
                w.WriteString("id", id);
                w.WriteString("idempotency_key", key);
                foreach (JsonProperty property in content.EnumerateObject())
                {
                    property.WriteTo(w);
                }
                w.WriteString("created_at", created);
                w.WriteString("updated_at", updated);
                w.WriteEndObject();
            })
        );

    private static void WriteContent(Utf8JsonWriter writer, CongregadoFacts facts, List<JsonElement> sample)
    {
        writer.WriteStartObject();
        writer.WriteNumber("record_count", facts.RecordCount);
        writer.WriteString("tabela_consolidada", facts.Table);
        writer.WriteString("database", facts.Database);
        WriteTexts(writer, "chaves_principais", facts.Keys);
        WriteTexts(writer, "campos_decisao", facts.Decisions);
        writer.WriteStartArray("sample_data");
        sample.ForEach(row => row.WriteTo(writer));
        writer.WriteEndArray();
        writer.WriteString("processor_type", ProcessorType);
        writer.WriteStartObject("metadata");
        writer.WriteString("processor_type", ProcessorType);
        writer.WriteString("tabela_consolidada", facts.Table);
        writer.WriteString("database", facts.Database);
        WriteTexts(writer, "origens", facts.Origins);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }
        writer.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value(writer);
        }
        return buffer.ToArray();
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
