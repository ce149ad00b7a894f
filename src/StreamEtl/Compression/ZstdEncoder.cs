using System.Runtime.InteropServices;
using StreamEtl.Errors;

namespace StreamEtl.Compression;

/// <summary>A streaming encoder of libzstd (zstd.h, "Streaming compression") that makes one frame with a checksum.</summary>
internal sealed unsafe class ZstdEncoder : SafeHandle
{
    /// <summary>The level of the zstd command.</summary>
    private const int Level = 3;

    private ZstdEncoder(nint encoder)
        : base(encoder, ownsHandle: true) { }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Opens an encoder.</summary>
    public static ZstdEncoder Open()
    {
        ZstdNative.Require("name the output .gz");
        var encoder = new ZstdEncoder(ZstdNative.CreateCompressor());
        Check(ZstdNative.SetParameter(encoder.handle, ZstdNative.LevelParameter, Level));
        Check(ZstdNative.SetParameter(encoder.handle, ZstdNative.ChecksumParameter, 1));
        return encoder;
    }

    /// <summary>
    /// Compresses from one span into the other as far as either allows. With <paramref name="last"/> the frame ends after <paramref name="source"/>; the result
    /// is true when all of it is out.
    /// </summary>
    public bool Run(ReadOnlySpan<byte> source, Span<byte> destination, bool last, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZstdNative.Window { Start = from, Length = (nuint)source.Length };
            var output = new ZstdNative.Window { Start = to, Length = (nuint)destination.Length };
            nuint left = Check(ZstdNative.CompressStream(handle, &output, &input, last ? ZstdNative.End : ZstdNative.Continue));
            consumed = (int)input.Position;
            written = (int)output.Position;
            return last ? left == 0 : consumed == source.Length;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _ = ZstdNative.FreeCompressor(handle);
        return true;
    }

    private static nuint Check(nuint result) =>
        ZstdNative.Failed(result)
            ? throw new StreamEtlException(ErrorKind.Internal, $"zstd could not compress the output: {ZstdNative.Reason(result)}")
            : result;
}
