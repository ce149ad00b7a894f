using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamEtl.Cli.Reporting;

/// <summary>Seconds and percentages to six decimals. What is not a number (a share of no rows) is 0, since JSON has no word for it.</summary>
internal sealed class RoundedDoubleConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(double.IsFinite(value) ? Math.Round(value, 6) : 0);
}
