namespace StreamEtl.Sources;

/// <summary>A transcoder met bytes that its encoding does not have; <see cref="TextSource"/> adds the place.</summary>
/// <param name="offset">Offset within the source span of the call.</param>
/// <param name="reason">What is wrong there.</param>
internal sealed class InvalidTextException(int offset, string reason) : Exception(reason)
{
    /// <summary>Offset within the source span of the call.</summary>
    public int Offset { get; } = offset;
}
