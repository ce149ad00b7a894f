namespace StreamEtl.Tests.Storage;

/// <summary>The bugs that a campaign must find, or it proves nothing.</summary>
public enum PlantedBug
{
    /// <summary>The content is never synced.</summary>
    NoFileSync,

    /// <summary>Folders are never synced: names may be lost.</summary>
    NoFolderSync,

    /// <summary>The content is written and synced only after the file has its final name.</summary>
    RenameBeforeData,

    /// <summary>Create-if-absent looks first and then replaces.</summary>
    ReplaceOnCommit,
}
