using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Sources;

/// <summary>What tells a file from a later state of itself.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Written">Time of the last write, UTC, in ticks.</param>
internal readonly record struct FileIdentity(long Length, long Written)
{
    /// <summary>The present state of an open file.</summary>
    public static FileIdentity Of(SafeFileHandle handle) => new(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle).Ticks);
}
