using System.Runtime.CompilerServices;
using Amazon.S3;
using StreamEtl.Connectors.Aws;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.S3;

/// <summary>Opens <c>s3://</c> paths with what the environment says. Nothing of the SDK is loaded before one is.</summary>
public sealed class S3Stores(Func<string, string?> variable) : IStoreProvider
{
    private const string Scheme = "s3://";

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

    /// <summary>The same with other sizes and patience.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal S3Store Connect(string root, S3Options options)
    {
        var settings = AwsSettings.Read("S3", variable);
        AmazonS3Config config = settings.Fill(new AmazonS3Config());
        config.ForcePathStyle = settings.Endpoint is not null;
        // How long a request may take depends on its bytes, and is said with each.
        config.Timeout = TimeSpan.FromHours(1);
        return new S3Store(new S3Bucket(new AmazonS3Client(config), root, options));
    }
}
