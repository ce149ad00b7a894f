using System.Text.Json;

namespace StreamEtl.Json;

/// <summary>Sees the properties of records, one after the other.</summary>
internal interface IJsonVisitor
{
    /// <summary>A property.</summary>
    /// <param name="name">Its name, in UTF-8.</param>
    /// <param name="kind">The kind of its value.</param>
    /// <param name="start">Where the value's text starts in the array that is read.</param>
    /// <param name="length">Bytes of the text; 0 for null.</param>
    void Visit(ReadOnlySpan<byte> name, JsonTokenType kind, int start, int length);
}
