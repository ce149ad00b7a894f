namespace StreamEtl.Framing;

/// <summary>What ends a record.</summary>
public enum LineEnd
{
    /// <summary>The end of the input; as what a dialect says: whatever a record ends with.</summary>
    None = 0,

    /// <summary>LF.</summary>
    LineFeed = 1,

    /// <summary>CR.</summary>
    CarriageReturn = 2,

    /// <summary>CR LF.</summary>
    CarriageReturnLineFeed = 3,
}
