using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Tables;

/// <summary>
/// Commit records as JSON with snake_case names. Names that are not known are ignored, so that later versions can add what earlier ones need not know; what earlier ones
/// must know raises <c>format_version</c>.
/// </summary>
public static class CommitJson
{
    private const string DigestName = "sha256";

    private const string ArrivalName = "keeps_arrival";

    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The record as UTF-8 with a line feed at its end.</summary>
    public static byte[] Write(CommitRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format_version", record.FormatVersion);
            writer.WriteNumber("version", record.Version);
            writer.WriteNumber("previous", record.Previous);
            writer.WriteString("mode", Name(record.Mode));
            writer.WriteString("created_at", record.CreatedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("run_id", record.RunId);
            writer.WriteString("table", record.Table);
            WriteTexts(writer, "key", record.Key);
            writer.WriteString("date_field", record.DateField);
            WriteTexts(writer, "compare", record.Compare);
            if (record.KeepsArrival)
            {
                writer.WriteBoolean(ArrivalName, true);
            }
            WriteFields(writer, "schema", record.Schema);
            WriteFiles(writer, record.Files);
            WriteLedger(writer, record);
            WriteCounts(writer, record.Counts);
            WriteInputs(writer, record.Inputs);
            writer.WriteString("checksum", record.Checksum);
            WriteChanges(writer, record.SchemaChanges);
            writer.Flush();
            writer.WriteString(DigestName, Digest(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
            writer.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Reads a record. <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="StreamEtlException">
    /// <see cref="ErrorKind.DamagedTable"/>: not a record; <see cref="ErrorKind.Unsupported"/>: a newer StreamEtl wrote it.
    /// </exception>
    public static CommitRecord Read(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format_version").GetInt32();
            if (format > CommitRecord.CurrentFormat)
            {
                throw new StreamEtlException(
                    ErrorKind.Unsupported,
                    $"the table has format {format}, and this version of StreamEtl knows formats up to {CommitRecord.CurrentFormat}",
                    new RecordPosition(source, 0, -1),
                    "a newer version wrote it: use that one, or a later one"
                );
            }
            CheckDigest(json.Span);
            return Read(root, format);
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new StreamEtlException(
                ErrorKind.DamagedTable,
                $"this is not the record of a table's version: {e.Message}",
                new RecordPosition(source, 0, -1),
                "restore the file from a backup",
                e
            );
        }
    }

    /// <summary>The last member is the SHA-256 of all text before it, so that no flipped bit passes for something else.</summary>
    private static void CheckDigest(ReadOnlySpan<byte> json)
    {
        int name = json.LastIndexOf("\"sha256\""u8);
        int end = name < 0 ? -1 : json[..name].LastIndexOf((byte)',');
        byte[] expected = System.Text.Encoding.UTF8.GetBytes($",\n  \"{DigestName}\": \"{(end < 0 ? "" : Digest(json[..end]))}\"\n}}\n");
        if (end < 0 || !json[end..].SequenceEqual(expected))
        {
            throw new FormatException("it was changed since it was written: its SHA-256 is not the one at its end");
        }
    }

    private static string Digest(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));

    /// <summary>The name of a mode in records.</summary>
    public static string Name(CommitMode mode) => mode.ToString().ToLowerInvariant();

    private static CommitRecord Read(JsonElement root, int format) =>
        new()
        {
            FormatVersion = format,
            Version = root.GetProperty("version").GetInt64(),
            Previous = root.GetProperty("previous").GetInt64(),
            Mode = ReadName<CommitMode>(root.GetProperty("mode")),
            CreatedAt = DateTimeOffset.ParseExact(
                Text(root, "created_at"),
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal
            ),
            RunId = Text(root, "run_id"),
            Table = Text(root, "table"),
            Key = ReadTexts(root.GetProperty("key"))!,
            DateField = root.GetProperty("date_field").GetString(),
            Compare = ReadTexts(root.GetProperty("compare")),
            KeepsArrival = root.TryGetProperty(ArrivalName, out JsonElement keeps) && keeps.GetBoolean(),
            Schema = ReadFields(root.GetProperty("schema")),
            Files = ReadList(
                root.GetProperty("files"),
                f => new TableFile(
                    ReadName<TableFileRole>(f.GetProperty("role")),
                    Text(f, "path"),
                    f.GetProperty("rows").GetInt64(),
                    f.GetProperty("bytes").GetInt64(),
                    Text(f, "sha256")
                )
            ),
            Ledger = ReadList(
                root.GetProperty("ledger"),
                f => new LedgerFile(Text(f, "path"), f.GetProperty("rows").GetInt64(), f.GetProperty("bytes").GetInt64())
            ),
            Hashes = ReadHashes(root.GetProperty("hashes")),
            Counts = ReadCounts(root.GetProperty("counts")),
            Inputs = ReadList(
                root.GetProperty("input"),
                i => new CommitInput(
                    Text(i, "path"),
                    i.GetProperty("bytes").GetInt64(),
                    i.GetProperty("rows").GetInt64(),
                    i.GetProperty("terminated").ValueKind == JsonValueKind.Null ? null : i.GetProperty("terminated").GetBoolean()
                )
            ),
            Checksum = TableChecksum.Parse(Text(root, "checksum")).ToString(),
            SchemaChanges = ReadList(root.GetProperty("schema_changes"), c => new SchemaChange(Text(c, "column"), Text(c, "change"))),
        };

    private static LedgerHashes ReadHashes(JsonElement hashes) =>
        new(
            Text(hashes, "function"),
            ReadFields(hashes.GetProperty("key_columns")),
            ReadFields(hashes.GetProperty("row_columns")),
            ReadFields(hashes.GetProperty("rank_column")).SingleOrDefault(),
            hashes.TryGetProperty("records", out JsonElement records) ? records.GetString() : null
        );

    private static CommitCounts ReadCounts(JsonElement counts) =>
        new()
        {
            Rows = counts.GetProperty("rows").GetInt64(),
            Inserts = counts.GetProperty("inserts").GetInt64(),
            Updates = counts.GetProperty("updates").GetInt64(),
            Deletes = counts.GetProperty("deletes").GetInt64(),
            Unchanged = counts.GetProperty("unchanged").GetInt64(),
            Held = counts.GetProperty("held").GetInt64(),
            ChangedWithoutDate = counts.GetProperty("changed_without_date").GetInt64(),
            Duplicates = counts.GetProperty("duplicates").GetInt64(),
        };

    private static List<Field> ReadFields(JsonElement fields) =>
        ReadList(
            fields,
            f => new Field(
                Text(f, "name"),
                TypeNames.Find(Text(f, "type")) ?? throw new FormatException($"'{Text(f, "type")}' is not a type"),
                f.GetProperty("nullable").GetBoolean()
            )
        );

    private static List<string>? ReadTexts(JsonElement texts) =>
        texts.ValueKind == JsonValueKind.Null ? null : ReadList(texts, t => t.GetString() ?? throw new FormatException("a name is null"));

    private static List<T> ReadList<T>(JsonElement list, Func<JsonElement, T> read)
    {
        var result = new List<T>(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            result.Add(read(item));
        }
        return result;
    }

    private static T ReadName<T>(JsonElement name)
        where T : struct, Enum =>
        Enum.TryParse(name.GetString(), ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"'{name}' is not known");

    private static string Text(JsonElement parent, string name) =>
        parent.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }
        writer.WriteEndArray();
    }

    private static void WriteFields(Utf8JsonWriter writer, string name, IReadOnlyList<Field> fields)
    {
        writer.WriteStartArray(name);
        foreach (Field field in fields)
        {
            writer.WriteStartObject();
            writer.WriteString("name", field.Name);
            writer.WriteString("type", field.Type.ToString());
            writer.WriteBoolean("nullable", field.Nullable);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteFiles(Utf8JsonWriter writer, IReadOnlyList<TableFile> files)
    {
        writer.WriteStartArray("files");
        foreach (TableFile file in files)
        {
            writer.WriteStartObject();
            writer.WriteString("role", file.Role.ToString().ToLowerInvariant());
            writer.WriteString("path", file.Path);
            writer.WriteNumber("rows", file.Rows);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteLedger(Utf8JsonWriter writer, CommitRecord record)
    {
        writer.WriteStartArray("ledger");
        foreach (LedgerFile file in record.Ledger)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteNumber("rows", file.Rows);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartObject("hashes");
        writer.WriteString("function", record.Hashes.Function);
        WriteFields(writer, "key_columns", record.Hashes.KeyColumns);
        WriteFields(writer, "row_columns", record.Hashes.RowColumns);
        WriteFields(writer, "rank_column", record.Hashes.RankColumn is { } rank ? [rank] : []);
        if (record.Hashes.Records is { } records)
        {
            writer.WriteString("records", records);
        }
        writer.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter writer, CommitCounts counts)
    {
        writer.WriteStartObject("counts");
        writer.WriteNumber("rows", counts.Rows);
        writer.WriteNumber("inserts", counts.Inserts);
        writer.WriteNumber("updates", counts.Updates);
        writer.WriteNumber("deletes", counts.Deletes);
        writer.WriteNumber("unchanged", counts.Unchanged);
        writer.WriteNumber("held", counts.Held);
        writer.WriteNumber("changed_without_date", counts.ChangedWithoutDate);
        writer.WriteNumber("duplicates", counts.Duplicates);
        writer.WriteEndObject();
    }

    private static void WriteInputs(Utf8JsonWriter writer, IReadOnlyList<CommitInput> inputs)
    {
        writer.WriteStartArray("input");
        foreach (CommitInput input in inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("path", input.Path);
            writer.WriteNumber("bytes", input.Bytes);
            writer.WriteNumber("rows", input.Rows);
            if (input.Terminated is { } terminated)
            {
                writer.WriteBoolean("terminated", terminated);
            }
            else
            {
                writer.WriteNull("terminated");
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteChanges(Utf8JsonWriter writer, IReadOnlyList<SchemaChange> changes)
    {
        writer.WriteStartArray("schema_changes");
        foreach (SchemaChange change in changes)
        {
            writer.WriteStartObject();
            writer.WriteString("column", change.Column);
            writer.WriteString("change", change.Change);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
