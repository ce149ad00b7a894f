namespace StreamEtl.Storage;

/// <summary>What a name in a folder stands for.</summary>
internal enum DiskEntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link or junction, wherever it leads.</summary>
    Link,
}
