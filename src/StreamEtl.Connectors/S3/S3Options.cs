namespace StreamEtl.Connectors.S3;

/// <summary>Sizes and patience.</summary>
internal sealed record S3Options
{
    private const int SmallestPart = 5 << 20;
    private const int LargestPart = 8 << 20;
    private const int MostUploads = 5;

    /// <summary>Bytes of a part, and the most that is written by one request: S3 wants 5 MiB at least, of all but the last.</summary>
    public int PartBytes { get; init; } = LargestPart;

    /// <summary>Parts on their way at once, of all objects together.</summary>
    public int UploadsAtOnce { get; init; } = MostUploads;

    /// <summary>Parts after which they become twice as large, so that 10,000 of them, the most that S3 takes, hold the largest object that it does.</summary>
    public int PartsOfOneSize { get; init; } = 1000;

    /// <summary>Whether the bytes of an object travel with a sum of their own, see <see cref="S3Sum"/>.</summary>
    public bool WithSums { get; init; }

    /// <summary>Whether the signature of a part covers its bytes: it is then also a sum of them.</summary>
    public bool WithSignedParts { get; init; }

    /// <summary>How long a server may be silent.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Tries of one request in a row, without a byte gained.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>Wait before the second try; doubles with each, and a random part of it is left out, so that clients that failed together do not come back together.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Age at which unfinished uploads count as those of the dead: nobody can tell whether their writers live.</summary>
    public TimeSpan AbandonedAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The sizes that keep about <paramref name="transferBytes"/> under way.</summary>
    public static S3Options For(long transferBytes)
    {
        int part = (int)Math.Clamp(transferBytes / 4, SmallestPart, LargestPart);
        return new S3Options { PartBytes = part, UploadsAtOnce = (int)Math.Clamp((transferBytes / part) - 1, 1, MostUploads) };
    }

    /// <summary>The wait after a number of failures in a row.</summary>
    public TimeSpan Pause(int failures)
    {
        double longest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, failures - 1));
        return TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    /// <summary>How long sending that many bytes may take: a slow line is not a silent one.</summary>
    public TimeSpan PatienceFor(long bytes) => Patience + TimeSpan.FromSeconds(bytes / (double)(256 << 10));
}
