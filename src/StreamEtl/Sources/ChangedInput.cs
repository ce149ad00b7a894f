using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>What a pass says that finds other rows than the pass before it.</summary>
internal static class ChangedInput
{
    /// <summary>The error, of kind <see cref="ErrorKind.Io"/>; <paramref name="offset"/> is where it was noticed, in bytes, or -1.</summary>
    public static StreamEtlException Error(string source, long offset) =>
        new(
            ErrorKind.Io,
            "the input has other rows than when it was first read",
            new RecordPosition(source, 0, offset),
            "run again when nothing writes to it"
        );
}
