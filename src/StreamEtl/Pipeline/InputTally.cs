namespace StreamEtl.Pipeline;

/// <summary>What is told of an input when the pass has ended. A pass may have thousands of inputs, and none of their sources is needed by then.</summary>
/// <param name="Side">The side's number.</param>
/// <param name="Name">What the report calls the input.</param>
internal sealed record InputTally(int Side, string Name)
{
    /// <summary>Rows read, malformed ones included.</summary>
    public long Rows { get; set; }

    /// <summary>Stored bytes of the input, once it has been read.</summary>
    public long Bytes { get; set; }
}
