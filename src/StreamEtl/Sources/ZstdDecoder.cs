using System.Runtime.InteropServices;

namespace StreamEtl.Sources;

/// <summary>A streaming decoder of libzstd, the system's own (zstd.h, "Streaming decompression"), which is looked for when it is first needed.</summary>
internal sealed unsafe class ZstdDecoder : SafeHandle
{
    private static readonly nint Library = Load();
    private static readonly delegate* unmanaged<nint> Create = (delegate* unmanaged<nint>)Find("ZSTD_createDStream");
    private static readonly delegate* unmanaged<nint, nuint> Free = (delegate* unmanaged<nint, nuint>)Find("ZSTD_freeDStream");
    private static readonly delegate* unmanaged<nint, Window*, Window*, nuint> Decompress = (delegate* unmanaged<
        nint,
        Window*,
        Window*,
        nuint>)Find("ZSTD_decompressStream");
    private static readonly delegate* unmanaged<nuint, uint> IsError = (delegate* unmanaged<nuint, uint>)Find("ZSTD_isError");
    private static readonly delegate* unmanaged<nuint, nint> ErrorName = (delegate* unmanaged<nuint, nint>)Find("ZSTD_getErrorName");

    private ZstdDecoder(nint decoder)
        : base(decoder, ownsHandle: true) { }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Opens a decoder; null when the system has no libzstd.</summary>
    public static ZstdDecoder? TryOpen() => Library == 0 ? null : new ZstdDecoder(Create());

    /// <summary>
    /// Decompresses from one span into the other as far as either allows. False with a reason when the data is damaged. <paramref name="expected"/>: 0 when a
    /// frame has ended and all of it is out, else about how many bytes the decoder would like next.
    /// </summary>
    public bool TryRun(
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        out int consumed,
        out int written,
        out nuint expected,
        out string? reason
    )
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new Window { Start = from, Length = (nuint)source.Length };
            var output = new Window { Start = to, Length = (nuint)destination.Length };
            expected = Decompress(handle, &output, &input);
            consumed = (int)input.Position;
            written = (int)output.Position;
            reason = IsError(expected) != 0 ? Marshal.PtrToStringUTF8(ErrorName(expected)) : null;
            return reason is null;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _ = Free(handle);
        return true;
    }

    private static nint Load()
    {
        string[] names = ["libzstd.so.1", "libzstd.1.dylib", "libzstd.dll", "zstd.dll"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(ZstdDecoder).Assembly, DllImportSearchPath.SafeDirectories, out nint library))
            {
                return library;
            }
        }
        return 0;
    }

    private static nint Find(string name) => Library == 0 ? 0 : NativeLibrary.GetExport(Library, name);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Window
    {
        public byte* Start;
        public nuint Length;
        public nuint Position;
    }
}
