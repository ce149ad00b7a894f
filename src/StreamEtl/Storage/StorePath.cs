using StreamEtl.Errors;

namespace StreamEtl.Storage;

/// <summary>A path that names something in a store instead of a file: <c>s3://bucket/key</c>.</summary>
/// <param name="Root">Scheme and first name: <c>s3://bucket</c>.</param>
/// <param name="Key">The rest, without the slash before it; may be empty.</param>
public readonly record struct StorePath(string Root, string Key)
{
    private const string Mark = "://";

    /// <summary>Whether a path is of this form, whatever its scheme: no path of a file is.</summary>
    public static bool IsOne(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        int mark = path.IndexOf(Mark, StringComparison.Ordinal);
        return mark > 0 && !path.AsSpan(0, mark).ContainsAnyExcept(Letters);
    }

    /// <summary>Takes a path of this form apart.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: it names no bucket.</exception>
    public static StorePath Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        int start = path.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        int slash = path.IndexOf('/', start);
        int end = slash < 0 ? path.Length : slash;
        return end > start
            ? new StorePath(path[..end], slash < 0 ? "" : path[(slash + 1)..])
            : throw new StreamEtlException(
                ErrorKind.Usage,
                $"'{path}' names no bucket",
                hint: $"{path[..start]}BUCKET/KEY, with two slashes before the bucket"
            );
    }

    /// <summary>The path of what a path is in: <c>s3://bucket/a</c> of <c>s3://bucket/a/b</c>.</summary>
    public static string Parent(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path[..path.LastIndexOf('/')];
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-"
    );
}
