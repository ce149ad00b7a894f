namespace StreamEtl.Sinks;

/// <summary>
/// Where an output goes. Bytes are written to <see cref="Stream"/>; they are the output only after <see cref="CommitAsync"/> has returned. Disposing without it
/// leaves nothing behind, where the kind of output allows that.
/// </summary>
public interface IOutputFile : IAsyncDisposable
{
    /// <summary>As the user named it.</summary>
    string Path { get; }

    /// <summary>Takes the bytes, front to back; owned by this object. Faults are <see cref="Errors.StreamEtlException"/>.</summary>
    Stream Stream { get; }

    /// <summary>Bytes written.</summary>
    long Length { get; }

    /// <summary>Makes the output visible and durable. Called once, after the last byte.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}
