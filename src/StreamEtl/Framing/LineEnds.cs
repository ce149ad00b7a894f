using System.Runtime.CompilerServices;

namespace StreamEtl.Framing;

/// <summary>Tells line ends apart, measures and names them.</summary>
internal static class LineEnds
{
    /// <summary>What stands at <paramref name="end"/>, where a record of the frame ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LineEnd At(ReadOnlySpan<byte> frame, int end)
    {
        if (end >= frame.Length)
        {
            return LineEnd.None;
        }
        if (frame[end] == '\n')
        {
            return LineEnd.LineFeed;
        }
        return end + 1 < frame.Length && frame[end + 1] == '\n' ? LineEnd.CarriageReturnLineFeed : LineEnd.CarriageReturn;
    }

    /// <summary>Its bytes.</summary>
    public static int Length(this LineEnd lineEnd) =>
        lineEnd switch
        {
            LineEnd.None => 0,
            LineEnd.CarriageReturnLineFeed => 2,
            _ => 1,
        };

    /// <summary>Its usual name.</summary>
    public static string Name(this LineEnd lineEnd) =>
        lineEnd switch
        {
            LineEnd.LineFeed => "LF",
            LineEnd.CarriageReturn => "CR",
            LineEnd.CarriageReturnLineFeed => "CR LF",
            _ => "nothing",
        };
}
