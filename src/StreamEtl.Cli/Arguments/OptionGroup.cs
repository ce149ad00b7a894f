namespace StreamEtl.Cli.Arguments;

/// <summary>Headings under which help lists options, in this order.</summary>
internal enum OptionGroup
{
    /// <summary>The verb's own.</summary>
    Verb,

    /// <summary>What is written.</summary>
    Output,

    /// <summary>How inputs are read.</summary>
    Input,

    /// <summary>What values become.</summary>
    Types,

    /// <summary>Malformed rows.</summary>
    Errors,

    /// <summary>Memory, disk, cores.</summary>
    Resources,

    /// <summary>The durable record of a run.</summary>
    Journeys,

    /// <summary>What the run says of itself.</summary>
    Messages,
}
