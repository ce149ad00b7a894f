using System.Text;
using System.Text.Json;
using StreamEtl.Errors;

namespace StreamEtl.Types;

/// <summary>
/// Schema files: <c>{"fields": [{"name": "id", "type": "integer", "nullable": false}, …]}</c>; a bare array of fields is read too, and <c>nullable</c> is true
/// when absent.
/// </summary>
public static class SchemaJson
{
    /// <summary>Reads a schema. <paramref name="source"/> is the file's name, for messages; every error names the entry.</summary>
    public static IReadOnlyList<Field> Read(ReadOnlySpan<byte> json, string source)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(
                json.ToArray(),
                new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }
            );
        }
        catch (JsonException e)
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                "the schema file is not JSON: " + e.Message,
                new RecordPosition(source, (e.LineNumber ?? -1) + 1, -1),
                innerException: e
            );
        }
        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("fields", out JsonElement inner))
            {
                root = inner;
            }
            if (root.ValueKind != JsonValueKind.Array)
            {
                throw Wrong(source, "the schema has no list of fields", "write {\"fields\": [{\"name\": \"id\", \"type\": \"integer\"}]}");
            }
            var fields = new List<Field>();
            var names = new HashSet<string>();
            foreach (JsonElement entry in root.EnumerateArray())
            {
                Field field = ReadField(entry, fields.Count + 1, source);
                if (!names.Add(field.Name))
                {
                    throw Wrong(source, $"field {fields.Count + 1}: '{field.Name}' is declared twice", null);
                }
                fields.Add(field);
            }
            return fields;
        }
    }

    /// <summary>Writes a schema that <see cref="Read"/> reads back.</summary>
    public static void Write(IReadOnlyList<Field> fields, Stream output)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(output);
        output.Write(System.Text.Encoding.UTF8.GetBytes(ToText(fields)));
    }

    /// <summary>The text of a schema file.</summary>
    internal static string ToText(IReadOnlyList<Field> fields)
    {
        var text = new StringBuilder("{\n  \"fields\": [");
        for (int i = 0; i < fields.Count; i++)
        {
            text.Append(i == 0 ? "\n    {\n      \"name\": " : ",\n    {\n      \"name\": ");
            JsonLiteral.Append(text, fields[i].Name);
            text.Append(",\n      \"type\": ");
            JsonLiteral.Append(text, fields[i].Type.ToString());
            text.Append(fields[i].Nullable ? ",\n      \"nullable\": true\n    }" : ",\n      \"nullable\": false\n    }");
        }
        return text.Append(fields.Count == 0 ? "]\n}\n" : "\n  ]\n}\n").ToString();
    }

    private static Field ReadField(JsonElement entry, int number, string source)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(source, $"field {number} is not an object", "write {\"name\": \"id\", \"type\": \"integer\"}");
        }
        foreach (JsonProperty property in entry.EnumerateObject())
        {
            if (property.Name is not ("name" or "type" or "nullable"))
            {
                throw Wrong(source, $"field {number}: '{property.Name}' is not known", "a field has name, type and nullable");
            }
        }
        string name = Text(entry, "name") ?? throw Wrong(source, $"field {number} has no name", null);
        string type = Text(entry, "type") ?? throw Wrong(source, $"field {number} ('{name}') has no type", null);
        ColumnType found =
            TypeNames.Find(type) ?? throw Wrong(source, $"field {number} ('{name}'): '{type}' is not a type", TypeNames.Hint(type));
        bool nullable = true;
        if (entry.TryGetProperty("nullable", out JsonElement flag))
        {
            nullable = flag.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw Wrong(source, $"field {number} ('{name}'): nullable must be true or false", null),
            };
        }
        return new Field(name, found, nullable);
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static StreamEtlException Wrong(string source, string message, string? hint) =>
        new(ErrorKind.Usage, $"{source}: {message}", hint: hint);
}
