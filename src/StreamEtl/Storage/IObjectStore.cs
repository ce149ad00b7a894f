namespace StreamEtl.Storage;

/// <summary>
/// A place that keeps objects (runs of bytes, written once, replaced only as a whole) under keys: a folder, a bucket, memory. Everything that tables rest
/// on is here, so that they are as safe on S3 as on disk: there is no rename, no append, no lock.
/// <para>
/// All members may be called at once, by many processes too. A store retries faults that pass by themselves; callers do not. Keys are checked by every
/// member (<see cref="ObjectKey.Check"/>). All faults are <see cref="Errors.StreamEtlException"/>.
/// </para>
/// </summary>
public interface IObjectStore
{
    /// <summary>How a user names the root: a folder, or <c>s3://bucket/prefix</c>.</summary>
    string Name { get; }

    /// <summary>Whether every call is a journey over a network, so that reading ahead and asking less often pay.</summary>
    bool IsRemote => false;

    /// <summary>What is known of an object; null when there is none.</summary>
    ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading ranges. The caller disposes the reader.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="tag">The content that is meant, from <see cref="ObjectInfo.Tag"/>; null takes whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Errors.StreamEtlException">
    /// <see cref="Errors.ErrorKind.InputNotFound"/>: there is none; <see cref="Errors.ErrorKind.Replaced"/>: its tag is another.
    /// </exception>
    ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken);

    /// <summary>
    /// The objects whose key starts with <paramref name="prefix"/> (any string of characters that keys have; empty means all), in the order of <see cref="ObjectKey.Compare"/>.
    /// An object committed before the call is listed unless it is deleted meanwhile; one committed during the call may be.
    /// </summary>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// Starts an object. Nothing but the writer knows of it until its commit, so any number of writers may write one key. The caller disposes the writer.
    /// </summary>
    ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Removes an object for good; that there is none is fine. Whoever has it open reads on or gets <see cref="Errors.ErrorKind.Replaced"/>. One that fails
    /// may have removed it: delete again.
    /// </summary>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what dead writers left unfinished under keys that start with <paramref name="prefix"/>, and says how many. What a living writer, of this or
    /// another process, is still writing stays; a store that cannot tell goes by age.
    /// </summary>
    ValueTask<int> CleanAsync(string prefix, CancellationToken cancellationToken);
}
