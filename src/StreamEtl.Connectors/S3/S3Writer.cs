using System.Security.Cryptography;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>
/// Writes one object. What fits into a part is one PUT at the commit; anything longer is an upload in parts, which leave as they fill. Objects carry the mark of their
/// writer, so that after a lost answer a look tells whether it was this one's write that took effect.
/// </summary>
internal sealed class S3Writer : IObjectWriter
{
    private readonly S3Bucket _bucket;
    private readonly S3Upload _upload;
    private readonly S3WriteStream _stream;
    private readonly S3Commit _commit;
    private readonly Action _written;
    private bool _keep;

    /// <summary>Begins an object; nothing is sent yet. <paramref name="written"/> is called when the object may have changed.</summary>
    public S3Writer(S3Bucket bucket, string key, Action written)
    {
        Key = key;
        _bucket = bucket;
        _written = written;
        string mark = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _upload = new S3Upload(bucket, key, mark);
        _stream = new S3WriteStream(bucket, _upload);
        _commit = new S3Commit(bucket, key, mark);
    }

    /// <inheritdoc/>
    public string Key { get; }

    /// <inheritdoc/>
    public Stream Stream => _stream;

    /// <inheritdoc/>
    public long Length => _stream.Length;

    /// <inheritdoc/>
    public async ValueTask<bool> CommitAsync(WriteCondition condition, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CrashPoint.Reach("s3-written");
        try
        {
            bool done;
            if (_upload.Parts == 0)
            {
                done = await _commit.PutAsync(_stream.Rest, condition, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _stream.SendRestAsync(cancellationToken).ConfigureAwait(false);
                (string id, var parts) = await _upload.FinishAsync(cancellationToken).ConfigureAwait(false);
                CrashPoint.Reach("s3-uploaded");
                done = await _commit.CompleteAsync(id, parts, condition, cancellationToken).ConfigureAwait(false);
            }
            CrashPoint.Reach("s3-visible");
            _keep = done;
            return done;
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.OutcomeUnknown)
        {
            _keep = true;
            throw;
        }
        catch (OperationCanceledException e) when (_commit.MayHaveWorked)
        {
            _keep = true;
            throw StoreErrors.OutcomeUnknown(_bucket.Root, Key, e);
        }
        finally
        {
            _written();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _upload.StopAsync(abort: !_keep).ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _upload.Dispose();
    }
}
