namespace StreamEtl.Connectors.Journeys;

/// <summary>Where a journey stands; stores and reports write the names in capitals, <c>IN_PROGRESS</c>.</summary>
public enum JourneyStatus
{
    /// <summary>Nobody works on it: it is new, or was given back before its end.</summary>
    Pending,

    /// <summary>Its owner works on it, or died at it: the lease tells.</summary>
    InProgress,

    /// <summary>Done; the result is stored.</summary>
    Completed,

    /// <summary>Given up; the error is stored. The next run of the same command begins again where it stopped.</summary>
    Failed,
}
