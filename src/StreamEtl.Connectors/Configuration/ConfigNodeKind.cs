namespace StreamEtl.Connectors.Configuration;

/// <summary>What an entry of a config file is: JSON's six kinds, which YAML's core schema has too.</summary>
public enum ConfigNodeKind
{
    /// <summary>Nothing: <c>null</c>, <c>~</c>, or a YAML key without a value.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>Named entries.</summary>
    Map,
}
