using System.Text.RegularExpressions;

namespace StreamEtl.Tests.Pipeline;

/// <summary>The one thing in which the changes of two equal runs differ.</summary>
internal static partial class CdcTimestamp
{
    /// <summary>A CSV of changes with the same mark in place of each row's time.</summary>
    public static string Mask(string changes) => AtLineEnd().Replace(changes, "T");

    [GeneratedRegex(@"[0-9-]{10}[T ][0-9:.]+(Z|\+00:00)?(?=\n)")]
    private static partial Regex AtLineEnd();
}
