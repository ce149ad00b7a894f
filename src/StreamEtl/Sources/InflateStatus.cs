namespace StreamEtl.Sources;

/// <summary>Why <see cref="Inflater.Run"/> came back.</summary>
internal enum InflateStatus
{
    /// <summary>More input is needed; what is left must be kept in front of it.</summary>
    NeedInput,

    /// <summary>The window is full; its new bytes must be taken first.</summary>
    NeedOutput,

    /// <summary>The last block has ended; the input stands at the first byte after it.</summary>
    Done,

    /// <summary>The bits are no DEFLATE stream.</summary>
    Damaged,

    /// <summary>The input has ended before the last block did.</summary>
    Truncated,
}
