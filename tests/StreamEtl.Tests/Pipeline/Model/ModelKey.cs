namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>Some values of a row, equal to another's when all are (NULL equals NULL).</summary>
internal sealed class ModelKey(IEnumerable<IComparable?> values) : IEquatable<ModelKey>
{
    private readonly IComparable?[] _values = [.. values];

    public bool Equals(ModelKey? other) => other is not null && _values.SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as ModelKey);

    public override int GetHashCode() => _values.Aggregate(17, (hash, value) => HashCode.Combine(hash, value));
}
