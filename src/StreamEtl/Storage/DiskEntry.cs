namespace StreamEtl.Storage;

/// <summary>A name in a folder.</summary>
/// <param name="Name">Without the folder.</param>
/// <param name="Kind">What it stands for; links are not followed.</param>
/// <param name="Length">Bytes of a file.</param>
/// <param name="Written">Time of the last write, UTC, as finely as the file system keeps it.</param>
internal readonly record struct DiskEntry(string Name, DiskEntryKind Kind, long Length, DateTime Written);
