namespace StreamEtl.Storage;

/// <summary>Opens the stores that paths such as <c>s3://bucket/key</c> name. The engine knows none but folders; whoever runs it brings the others.</summary>
public interface IStoreProvider
{
    /// <summary>Opens a store. Nothing is asked of it yet.</summary>
    /// <param name="root">Its root as the user names it: <c>s3://bucket</c>, or with a prefix for its keys, <c>s3://bucket/prefix</c>.</param>
    /// <param name="transferBytes">What its buffers may hold at once, about.</param>
    /// <exception cref="Errors.StreamEtlException"><see cref="Errors.ErrorKind.Usage"/>: there are no stores of that scheme, or the environment is not what it takes.</exception>
    IObjectStore Open(string root, long transferBytes);
}
