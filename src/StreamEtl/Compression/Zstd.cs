using System.Runtime.InteropServices;
using StreamEtl.Errors;

namespace StreamEtl.Compression;

/// <summary>Whole zstd frames through the system's libzstd (facebook/zstd, zstd.h).</summary>
internal static unsafe class Zstd
{
    private const int Level = 3;

    private static readonly nint Library = Load();
    private static readonly delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint> CompressFrame = (delegate* unmanaged<
        byte*,
        nuint,
        byte*,
        nuint,
        int,
        nuint>)Find("ZSTD_compress");
    private static readonly delegate* unmanaged<byte*, nuint, byte*, nuint, nuint> DecompressFrame = (delegate* unmanaged<
        byte*,
        nuint,
        byte*,
        nuint,
        nuint>)Find("ZSTD_decompress");
    private static readonly delegate* unmanaged<nuint, uint> IsError = (delegate* unmanaged<nuint, uint>)Find("ZSTD_isError");

    /// <summary>Room that <see cref="Compress"/> may need (ZSTD_COMPRESSBOUND).</summary>
    public static int MaxCompressedLength(int length) =>
        checked(length + (length >> 8) + (length < 128 << 10 ? ((128 << 10) - length) >> 11 : 0));

    /// <summary>Compresses into one frame; returns its length.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Require();
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint written = CompressFrame(to, (nuint)destination.Length, from, (nuint)source.Length, Level);
            return IsError(written) == 0
                ? (int)written
                : throw new StreamEtlException(ErrorKind.Internal, "zstd could not compress a page");
        }
    }

    /// <summary>Decompresses; false when the frame is damaged or does not fit.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        Require();
        byte none = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = DecompressFrame(to is null ? &none : to, (nuint)destination.Length, from, (nuint)source.Length);
            bool failed = IsError(result) != 0;
            written = failed ? 0 : (int)result;
            return !failed;
        }
    }

    private static void Require()
    {
        if (Library == 0)
        {
            throw new StreamEtlException(
                ErrorKind.Unsupported,
                "zstd needs the system's libzstd, which is not installed",
                hint: "install libzstd1 (Debian, Ubuntu), libzstd (Fedora, Alpine) or zstd (Homebrew), or choose another --compression"
            );
        }
    }

    private static nint Load()
    {
        string[] names = ["libzstd.so.1", "libzstd.1.dylib", "libzstd.dll", "zstd.dll"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(Zstd).Assembly, DllImportSearchPath.SafeDirectories, out nint library))
            {
                return library;
            }
        }
        return 0;
    }

    private static nint Find(string name) => Library == 0 ? 0 : NativeLibrary.GetExport(Library, name);
}
