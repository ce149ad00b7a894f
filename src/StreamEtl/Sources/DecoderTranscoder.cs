using System.Text;

namespace StreamEtl.Sources;

/// <summary>Every other encoding that .NET knows (UTF-32, Shift-JIS, GB 18030, …), through its decoder.</summary>
internal sealed class DecoderTranscoder : Transcoder
{
    private const int BlockBytes = 4 << 10;

    private readonly Decoder _decoder;
    private readonly char[] _characters = new char[BlockBytes + 16];

    /// <summary>Takes the encoding; it must have been made to throw on what it cannot decode.</summary>
    public DecoderTranscoder(System.Text.Encoding encoding) => _decoder = encoding.GetDecoder();

    /// <inheritdoc/>
    public override void Convert(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int consumed, out int written)
    {
        // No encoding makes more than one UTF-16 unit (three bytes of UTF-8) of a byte, but a decoder may still hold a character of earlier bytes.
        int take = Math.Min(Math.Min(source.Length, BlockBytes), (destination.Length / 3) - 4);
        try
        {
            _decoder.Convert(source[..take], _characters, isLast && take == source.Length, out consumed, out int count, out _);
            written = System.Text.Encoding.UTF8.GetBytes(_characters.AsSpan(0, count), destination);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidTextException(Math.Max(e.Index, 0), "these bytes are no character");
        }
    }
}
