using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamEtl.Types;

/// <summary>
/// A text as a JSON literal, for the few lines of JSON that every run writes. <see cref="Utf8JsonWriter"/> and its encoder take 10 ms to get going, an eighth of a run
/// over a small file; names that need no escape, nearly all there are, do without them.
/// </summary>
internal static class JsonLiteral
{
    /// <summary>Appends the text in quotes; with <paramref name="relaxed"/> only what JSON itself wants escaped is.</summary>
    public static void Append(StringBuilder json, string text, bool relaxed = false) =>
        json.Append('"').Append(IsPlain(text) ? text : Escape(text, relaxed)).Append('"');

    private static string Escape(string text, bool relaxed) =>
        JsonEncodedText.Encode(text, relaxed ? JavaScriptEncoder.UnsafeRelaxedJsonEscaping : JavaScriptEncoder.Default).Value;

    /// <summary>True for letters, digits and marks of ASCII that no encoder escapes.</summary>
    private static bool IsPlain(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not (' ' or '_' or '-' or '.' or ',' or '/' or ':' or '(' or ')'))
            {
                return false;
            }
        }
        return true;
    }
}
