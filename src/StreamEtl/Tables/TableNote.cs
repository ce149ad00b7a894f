using System.Text.Json;

namespace StreamEtl.Tables;

/// <summary>Small texts that runs leave for one another, as JSON: which change file is about to be made, which full load was published.</summary>
internal static class TableNote
{
    /// <summary>Bytes of a note at most.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The note as UTF-8.</summary>
    public static byte[] Write(string text) => System.Text.Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\"\n");

    /// <summary>The text of a note; null when it is none.</summary>
    public static string? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
