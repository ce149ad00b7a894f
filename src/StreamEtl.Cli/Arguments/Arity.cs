namespace StreamEtl.Cli.Arguments;

/// <summary>How many values an option takes.</summary>
internal enum Arity
{
    /// <summary>None, but <c>=true</c> or <c>=false</c> may be attached.</summary>
    Flag,

    /// <summary>Exactly one; naming the option twice is an error.</summary>
    One,

    /// <summary>One each time; the option may be repeated.</summary>
    Repeated,

    /// <summary>One, and any texts after it that cannot be inputs; may be repeated.</summary>
    Texts,
}
