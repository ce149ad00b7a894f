using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using StreamEtl.Connectors.Aws;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>Opens <c>s3://</c> paths with what the environment says. Nothing of the SDK is loaded before one is.</summary>
public sealed class S3Stores(Func<string, string?> variable) : IStoreProvider
{
    private const string Scheme = "s3://";

    /// <summary>Bytes that the SDK hands to the connection at once.</summary>
    private const int LineBytes = 128 << 10;

    /// <inheritdoc/>
    public IObjectStore Open(string root, long transferBytes)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (!root.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"'{root}' is neither a file nor in a store that is known",
                hint: "stores are s3://BUCKET/KEY"
            );
        }
        return Connect(root, S3Options.For(transferBytes));
    }

    /// <summary>
    /// Whether parts are hashed and signed: over http, where something on the way could change them. To a server on the same machine there is no way; who asks for no sums
    /// (<c>when_required</c>) saves 0.6 s a GB there.
    /// </summary>
    /// <param name="endpoint">Where the server is, or null: at AWS.</param>
    /// <param name="wantsSums">Whether sums are wanted wherever they are supported, which is usual.</param>
    internal static bool SignsParts(Uri? endpoint, bool wantsSums) =>
        endpoint?.Scheme == Uri.UriSchemeHttp && (wantsSums || !endpoint.IsLoopback);

    /// <summary>The same with other sizes and patience.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal S3Store Connect(string root, S3Options options)
    {
        var settings = AwsSettings.Read("S3", variable);
        AmazonS3Config config = settings.Fill(new AmazonS3Config());
        config.ForcePathStyle = settings.Endpoint is not null;
        // How long a request may take depends on its bytes, and is said with each.
        config.Timeout = TimeSpan.FromHours(1);
        config.BufferSize = LineBytes;
        bool wantsSums = variable("AWS_REQUEST_CHECKSUM_CALCULATION") is { Length: > 0 } wanted
            ? !wanted.Equals(nameof(RequestChecksumCalculation.WHEN_REQUIRED), StringComparison.OrdinalIgnoreCase)
            : config.RequestChecksumCalculation == RequestChecksumCalculation.WHEN_SUPPORTED;
        config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
        S3Options shaped = options with
        {
            // A signature over the body is a sum too: where bodies are signed, another says nothing new.
            WithSums = options.WithSums || (wantsSums && !S3Bucket.SignsBodies(config)),
            WithSignedParts = options.WithSignedParts || SignsParts(settings.Endpoint, wantsSums),
        };
        return new S3Store(new S3Bucket(new AmazonS3Client(config), new S3Line(config), root, shaped));
    }
}
