using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEtl.Types;

namespace StreamEtl.Cli.Reporting;

/// <summary>Types by their names: <c>integer</c>, <c>decimal(18,2)</c>.</summary>
internal sealed class ColumnTypeConverter : JsonConverter<ColumnType>
{
    /// <inheritdoc/>
    public override ColumnType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("reports are only written");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ColumnType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
