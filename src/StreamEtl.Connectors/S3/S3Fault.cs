namespace StreamEtl.Connectors.S3;

/// <summary>Why a request failed, as far as it matters for what to do next.</summary>
internal enum S3Fault
{
    /// <summary>It may work another time: the server is busy or broke down, the line is.</summary>
    Passing,

    /// <summary>There is no such object.</summary>
    NoObject,

    /// <summary>There is no such bucket.</summary>
    NoBucket,

    /// <summary>There is no such upload: completed, aborted, or never begun.</summary>
    NoUpload,

    /// <summary>A condition does not hold: the key is taken, or the object another one.</summary>
    Condition,

    /// <summary>Credentials are missing or wrong, or do not allow it.</summary>
    Denied,

    /// <summary>The bucket is in another region.</summary>
    Region,

    /// <summary>The server cannot take the checksums that the SDK sends by itself.</summary>
    Checksum,

    /// <summary>Anything else that trying again does not mend.</summary>
    Other,
}
