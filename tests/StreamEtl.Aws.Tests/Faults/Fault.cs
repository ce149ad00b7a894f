namespace StreamEtl.Aws.Tests.Faults;

/// <summary>What a <see cref="FaultProxy"/> does to a request.</summary>
internal enum Fault
{
    None,

    /// <summary>Not carried out, 500.</summary>
    InternalError,

    /// <summary>Not carried out, 503 SlowDown.</summary>
    SlowDown,

    /// <summary>Not carried out, no answer for a long time.</summary>
    Stall,

    /// <summary>Not carried out, the connection reset.</summary>
    ResetBefore,

    /// <summary>Carried out, the connection reset instead of an answer.</summary>
    LostAnswer,

    /// <summary>Carried out, no answer for a long time.</summary>
    StallAfter,

    /// <summary>Carried out, but 500 is the answer.</summary>
    ErrorAfter,

    /// <summary>Carried out, and the answer ends half way.</summary>
    Truncated,

    /// <summary>Carried out, and the connection is reset in the middle of the answer.</summary>
    ResetWithin,
}
