namespace StreamEtl.Storage;

/// <summary>A file that a walk through a <see cref="LocalStore"/> found.</summary>
/// <param name="Key">Its key; that of the object to be, when it is not finished.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Entry">What the disk says of it.</param>
internal readonly record struct LocalEntry(string Key, string Path, DiskEntry Entry);
