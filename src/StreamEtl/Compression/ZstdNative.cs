using System.Runtime.InteropServices;
using StreamEtl.Errors;

namespace StreamEtl.Compression;

/// <summary>The functions of the system's libzstd that are used (facebook/zstd, zstd.h), looked for when the first one is needed.</summary>
internal static unsafe class ZstdNative
{
    /// <summary>ZSTD_c_compressionLevel.</summary>
    public const int LevelParameter = 100;

    /// <summary>ZSTD_c_checksumFlag.</summary>
    public const int ChecksumParameter = 201;

    /// <summary>ZSTD_e_continue.</summary>
    public const int Continue = 0;

    /// <summary>ZSTD_e_end.</summary>
    public const int End = 2;

    private static readonly nint Library = Load();

    /// <summary>ZSTD_compress: to, capacity, from, length, level.</summary>
    public static readonly delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint> Compress = (delegate* unmanaged<
        byte*,
        nuint,
        byte*,
        nuint,
        int,
        nuint>)Find("ZSTD_compress");

    /// <summary>ZSTD_decompress: to, capacity, from, length.</summary>
    public static readonly delegate* unmanaged<byte*, nuint, byte*, nuint, nuint> Decompress = (delegate* unmanaged<
        byte*,
        nuint,
        byte*,
        nuint,
        nuint>)Find("ZSTD_decompress");

    /// <summary>ZSTD_createCCtx.</summary>
    public static readonly delegate* unmanaged<nint> CreateCompressor = (delegate* unmanaged<nint>)Find("ZSTD_createCCtx");

    /// <summary>ZSTD_freeCCtx.</summary>
    public static readonly delegate* unmanaged<nint, nuint> FreeCompressor = (delegate* unmanaged<nint, nuint>)Find("ZSTD_freeCCtx");

    /// <summary>ZSTD_CCtx_setParameter: context, parameter, value.</summary>
    public static readonly delegate* unmanaged<nint, int, int, nuint> SetParameter = (delegate* unmanaged<nint, int, int, nuint>)Find(
        "ZSTD_CCtx_setParameter"
    );

    /// <summary>ZSTD_compressStream2: context, output, input, directive.</summary>
    public static readonly delegate* unmanaged<nint, Window*, Window*, int, nuint> CompressStream = (delegate* unmanaged<
        nint,
        Window*,
        Window*,
        int,
        nuint>)Find("ZSTD_compressStream2");

    /// <summary>ZSTD_createDStream.</summary>
    public static readonly delegate* unmanaged<nint> CreateDecompressor = (delegate* unmanaged<nint>)Find("ZSTD_createDStream");

    /// <summary>ZSTD_freeDStream.</summary>
    public static readonly delegate* unmanaged<nint, nuint> FreeDecompressor = (delegate* unmanaged<nint, nuint>)Find("ZSTD_freeDStream");

    /// <summary>ZSTD_decompressStream: context, output, input.</summary>
    public static readonly delegate* unmanaged<nint, Window*, Window*, nuint> DecompressStream = (delegate* unmanaged<
        nint,
        Window*,
        Window*,
        nuint>)Find("ZSTD_decompressStream");

    private static readonly delegate* unmanaged<nuint, uint> IsError = (delegate* unmanaged<nuint, uint>)Find("ZSTD_isError");

    private static readonly delegate* unmanaged<nuint, nint> ErrorName = (delegate* unmanaged<nuint, nint>)Find("ZSTD_getErrorName");

    /// <summary>False when the system has no libzstd; then no function may be called.</summary>
    public static bool IsAvailable => Library != 0;

    /// <summary>True when a function's result is an error.</summary>
    public static bool Failed(nuint result) => IsError(result) != 0;

    /// <summary>What an error result means.</summary>
    public static string Reason(nuint result) => Marshal.PtrToStringUTF8(ErrorName(result)) ?? "";

    /// <summary>Throws where libzstd is missing; <paramref name="instead"/> is what else the user can do.</summary>
    public static void Require(string instead)
    {
        if (!IsAvailable)
        {
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                "zstd needs the system's libzstd, which is not installed",
                hint: $"install libzstd1 (Debian, Ubuntu), libzstd (Fedora, Alpine) or zstd (Homebrew), or {instead}"
            );
        }
    }

    private static nint Load()
    {
        string[] names = ["libzstd.so.1", "libzstd.1.dylib", "libzstd.dll", "zstd.dll"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(ZstdNative).Assembly, DllImportSearchPath.SafeDirectories, out nint library))
            {
                return library;
            }
        }
        return 0;
    }

    private static nint Find(string name) => Library == 0 ? 0 : NativeLibrary.GetExport(Library, name);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Window
    {
        /// <summary>First byte.</summary>
        public byte* Start;

        /// <summary>Bytes.</summary>
        public nuint Length;

        /// <summary>Bytes consumed or written.</summary>
        public nuint Position;
    }
}
