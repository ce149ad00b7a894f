namespace StreamEtl.Encoding;

/// <summary>Bytes without a text encoding, shown as lower-case hexadecimal digits.</summary>
internal static class HexText
{
    /// <summary>Writes two digits a byte.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, ByteBuffer text)
    {
        if (Convert.TryToHexStringLower(bytes, text.Free(bytes.Length * 2), out int written))
        {
            text.Advance(written);
        }
    }
}
