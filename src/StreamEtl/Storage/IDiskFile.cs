namespace StreamEtl.Storage;

/// <summary>An open file of an <see cref="IDisk"/>. It stays the same file when its name goes to another. Faults as there.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>Length and time of the last write at present; the name is empty.</summary>
    DiskEntry State();

    /// <summary>Adds bytes at the end of a file that <see cref="IDisk.Create"/> made.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Reads up to a buffer from an offset; 0 at the end.</summary>
    int ReadAt(long offset, Span<byte> destination);

    /// <summary>Stamps a time of writing that no other content of the name has, and returns once content, length and time outlast a power cut. The name need not.</summary>
    void Sync();
}
