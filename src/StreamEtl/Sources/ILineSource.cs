namespace StreamEtl.Sources;

/// <summary>Extra ability of a source whose records are lines: to tell whether the last one was finished. One that was not may have been cut off.</summary>
public interface ILineSource
{
    /// <summary>Whether the input ends with a line break; null before it has been read to its end, and when it has no record.</summary>
    bool? EndsWithLineBreak { get; }
}
