using System.Text.Json;

namespace StreamEtl.Connectors.Dynamo;

/// <summary>
/// Bytes that values take of an item's 400 KB, by DynamoDB's rules (Developer Guide, "DynamoDB item sizes and formats"), rounded up. Counted on JSON, so that it loads nothing of the SDK.
/// </summary>
internal static class DynamoSize
{
    /// <summary>A list or a map takes three bytes of its own, and one for each value in it.</summary>
    private const int Container = 3;

    /// <summary>The attributes of an item, an object.</summary>
    public static long OfItem(JsonElement item) => item.EnumerateObject().Sum(Member);

    /// <summary>A value, as <see cref="DynamoJson.ToReadable"/> makes an attribute of it.</summary>
    public static long Of(JsonElement value) =>
        1
        + value.ValueKind switch
        {
            JsonValueKind.String => System.Text.Encoding.UTF8.GetByteCount(value.GetString()!),
            // A byte for two digits, and one more; as text, a byte a digit.
            JsonValueKind.Number => DynamoNumber.Fits(value.GetRawText()) ? (value.GetRawText().Length / 2) + 3 : value.GetRawText().Length,
            JsonValueKind.Object when value.EnumerateObject().Any(p => p.Name.Length == 0) => System.Text.Encoding.UTF8.GetByteCount(
                value.GetRawText()
            ),
            JsonValueKind.Object => Container + value.EnumerateObject().Sum(Member),
            JsonValueKind.Array => Container + value.EnumerateArray().Sum(Of),
            _ => 1,
        };

    private static long Member(JsonProperty member) => System.Text.Encoding.UTF8.GetByteCount(member.Name) + Of(member.Value);
}
