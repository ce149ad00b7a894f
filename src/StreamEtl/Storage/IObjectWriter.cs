namespace StreamEtl.Storage;

/// <summary>
/// An object in the making. Bytes are written to <see cref="Stream"/>, front to back, by one caller at a time; nobody sees any of them before
/// <see cref="CommitAsync"/>. Disposing without a commit removes them; what a killed process leaves is hidden, and
/// <see cref="IObjectStore.CleanAsync"/> removes it.
/// </summary>
public interface IObjectWriter : IAsyncDisposable
{
    /// <summary>The key that the object will have.</summary>
    string Key { get; }

    /// <summary>Takes the bytes; owned by this object. Faults are <see cref="Errors.StreamEtlException"/>, and after one nothing can be committed.</summary>
    Stream Stream { get; }

    /// <summary>Bytes written so far.</summary>
    long Length { get; }

    /// <summary>
    /// Makes the object visible, whole and durable, all in one instant. Called at most once, after the last byte; nothing is written afterwards.
    /// </summary>
    /// <returns>
    /// True: the object has the key, and a power cut does not take it away. False, with <see cref="WriteCondition.IfAbsent"/> only: another object has
    /// the key, and this one is gone.
    /// </returns>
    /// <exception cref="Errors.StreamEtlException">
    /// <see cref="Errors.ErrorKind.OutcomeUnknown"/>: it may have the key or not, or have it only until a power cut; look, compare the content, and remove nothing that the object could refer
    /// to. Every other kind: it does not have the key and never will.
    /// </exception>
    ValueTask<bool> CommitAsync(WriteCondition condition, CancellationToken cancellationToken);
}
