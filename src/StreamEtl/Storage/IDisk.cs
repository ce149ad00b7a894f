namespace StreamEtl.Storage;

/// <summary>
/// The calls to the operating system that <see cref="LocalStore"/> makes, one to one, so that tests can fail each of them or cut the power after any. Paths
/// are absolute. Faults are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>; nothing is retried.
/// </summary>
internal interface IDisk
{
    /// <summary>Creates a file that must not exist and opens it for writing. While it is open, <see cref="DeleteAbandoned"/> leaves it alone.</summary>
    IDiskFile Create(string path);

    /// <summary>Opens a file for reading; null when there is none.</summary>
    IDiskFile? OpenRead(string path);

    /// <summary>What a name stands for, without following it if it is a link; null when there is none.</summary>
    DiskEntry? Stat(string path);

    /// <summary>What is in a folder, in no order; nothing when there is no such folder.</summary>
    IReadOnlyList<DiskEntry> List(string folder);

    /// <summary>Creates a folder in one that exists; that it exists is fine.</summary>
    void MakeFolder(string path);

    /// <summary>Gives a file a new name in its folder, in one step. False when the name is taken, also when another took it just now.</summary>
    bool MoveIfAbsent(string source, string target);

    /// <summary>Gives a file a new name in its folder, in one step, whether or not another file has it.</summary>
    void Move(string source, string target);

    /// <summary>Removes a file; that there is none is fine.</summary>
    void Delete(string path);

    /// <summary>Removes a file that no living process has open from <see cref="Create"/>. False when one has, or when it is gone.</summary>
    bool DeleteAbandoned(string path);

    /// <summary>Returns once the names in a folder, as they are now, outlast a power cut.</summary>
    void SyncFolder(string path);
}
