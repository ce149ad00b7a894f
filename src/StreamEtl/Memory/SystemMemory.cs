using System.Runtime.InteropServices;

namespace StreamEtl.Memory;

/// <summary>
/// Zeroed memory straight from the system. malloc keeps what is freed to it and fragments; on Linux large blocks are therefore mapped, and gone when they are freed.
/// The largest are asked for in pages of 2 MB: a random look into a table of hundreds of megabytes otherwise costs a walk through the page tables besides the cache miss.
/// </summary>
internal static unsafe partial class SystemMemory
{
    /// <summary>Bytes of the pages that are asked for.</summary>
    public const long HugePageBytes = 2 << 20;

    private const nuint Mapped = 16 << 10;
    private const nuint Huge = 8 << 20;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int AdviseHugePages = 14;

    /// <summary>Allocates; to be freed with the same number of bytes.</summary>
    public static void* Allocate(nuint bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < Mapped)
        {
            return NativeMemory.AllocZeroed(bytes);
        }
        void* memory = Map(null, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == (void*)-1)
        {
            throw new InsufficientMemoryException($"the system has no {bytes} bytes of memory left");
        }
        if (bytes >= Huge)
        {
            // A wish: where it is not granted, everything works as before.
            _ = Advise(memory, bytes, AdviseHugePages);
        }
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(void* memory, nuint bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < Mapped)
        {
            NativeMemory.Free(memory);
        }
        else if (memory is not null)
        {
            _ = Unmap(memory, bytes);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
