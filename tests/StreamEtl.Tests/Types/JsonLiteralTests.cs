using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Types;

namespace StreamEtl.Tests.Types;

public sealed class JsonLiteralTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Append_EveryCharacterAlone_IsWhatTheFrameworkWrites(bool relaxed)
    {
        JavaScriptEncoder encoder = relaxed ? JavaScriptEncoder.UnsafeRelaxedJsonEscaping : JavaScriptEncoder.Default;
        for (int c = 0; c <= char.MaxValue; c++)
        {
            // A surrogate alone is no text.
            if (!char.IsSurrogate((char)c))
            {
                AssertSame($"a{(char)c}b", encoder, relaxed);
            }
        }
        AssertSame("", encoder, relaxed);
        AssertSame("price in € \U0001F600", encoder, relaxed);
    }

    [Fact]
    public void SchemaJson_ToText_IsWhatTheFrameworkWrites()
    {
        Field[] fields =
        [
            new("id", ColumnType.Integer, false),
            new("a \"b\"\n<é>", ColumnType.Decimal(18, 2), true),
            new("", ColumnType.Text, true),
        ];
        for (int count = 0; count <= fields.Length; count++)
        {
            using var expected = new MemoryStream();
            using (var writer = new Utf8JsonWriter(expected, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            {
                writer.WriteStartObject();
                writer.WriteStartArray("fields");
                foreach (Field field in fields.Take(count))
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", field.Name);
                    writer.WriteString("type", field.Type.ToString());
                    writer.WriteBoolean("nullable", field.Nullable);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            Assert.Equal(System.Text.Encoding.UTF8.GetString(expected.ToArray()) + "\n", SchemaJson.ToText([.. fields.Take(count)]));
        }
    }

    private static void AssertSame(string text, JavaScriptEncoder encoder, bool relaxed)
    {
        var json = new StringBuilder();
        JsonLiteral.Append(json, text, relaxed);
        Assert.Equal($"\"{JsonEncodedText.Encode(text, encoder)}\"", json.ToString());
    }
}
