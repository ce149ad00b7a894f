using System.Collections.ObjectModel;

namespace StreamEtl.Connectors.Configuration;

/// <summary>One entry of a config file, whichever syntax the file has, with the place where it stands.</summary>
public sealed class ConfigNode
{
    private ConfigNode(ConfigNodeKind kind, string entry, ConfigPlace place, string text, decimal number)
    {
        Kind = kind;
        Entry = entry;
        Place = place;
        Written = text;
        Number = number;
        Text = text;
    }

    /// <summary>What it is.</summary>
    public ConfigNodeKind Kind { get; }

    /// <summary>Its path: <c>tables[2].key</c>; empty for the root.</summary>
    public string Entry { get; }

    /// <summary>Where its value begins.</summary>
    public ConfigPlace Place { get; }

    /// <summary>A scalar as it stands in the file, before <c>${NAME}</c> is replaced: what messages may show.</summary>
    public string Written { get; }

    /// <summary>A scalar's text, environment variables put in.</summary>
    public string Text { get; private set; }

    /// <summary>True when the text holds the value of an environment variable.</summary>
    public bool HasVariables { get; private set; }

    /// <summary>A number's value.</summary>
    public decimal Number { get; }

    /// <summary>A boolean's value.</summary>
    public bool Boolean => Kind == ConfigNodeKind.Boolean && Number != 0;

    /// <summary>The elements of a list.</summary>
    public IReadOnlyList<ConfigNode> Items { get; private init; } = ReadOnlyCollection<ConfigNode>.Empty;

    /// <summary>The entries of a map in the order of the file; names are unique.</summary>
    public IReadOnlyList<ConfigProperty> Properties { get; private init; } = ReadOnlyCollection<ConfigProperty>.Empty;

    /// <summary>The entry of a map with this name; null when it is absent or null.</summary>
    public ConfigNode? this[string name] =>
        Properties.FirstOrDefault(p => p.Name == name)?.Value is { Kind: not ConfigNodeKind.Null } found ? found : null;

    /// <summary>A problem of this entry.</summary>
    public ConfigProblem Problem(string message, string? hint = null) => new(Place, Entry, message, hint);

    /// <summary>Sets the text that <c>${NAME}</c> and <c>$${</c> stand for.</summary>
    internal void Put(string text, bool hasVariables) => (Text, HasVariables) = (text, hasVariables);

    internal static ConfigNode Null(string entry, ConfigPlace place) => new(ConfigNodeKind.Null, entry, place, "null", 0);

    internal static ConfigNode OfBoolean(string entry, ConfigPlace place, bool value) =>
        new(ConfigNodeKind.Boolean, entry, place, value ? "true" : "false", value ? 1 : 0);

    internal static ConfigNode OfNumber(string entry, ConfigPlace place, string text, decimal value) =>
        new(ConfigNodeKind.Number, entry, place, text, value);

    internal static ConfigNode OfText(string entry, ConfigPlace place, string text) => new(ConfigNodeKind.Text, entry, place, text, 0);

    internal static ConfigNode OfList(string entry, ConfigPlace place, IReadOnlyList<ConfigNode> items) =>
        new(ConfigNodeKind.List, entry, place, "", 0) { Items = items };

    internal static ConfigNode OfMap(string entry, ConfigPlace place, IReadOnlyList<ConfigProperty> properties) =>
        new(ConfigNodeKind.Map, entry, place, "", 0) { Properties = properties };

    /// <summary>The path of an entry of a map; names that are no plain words stand in quotes.</summary>
    internal static string Under(string entry, string name)
    {
        bool plain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$');
        string shown = plain ? name : $"'{name}'";
        return entry.Length == 0 ? shown : $"{entry}.{shown}";
    }
}
