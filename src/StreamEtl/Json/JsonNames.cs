using System.Text.Unicode;

namespace StreamEtl.Json;

/// <summary>
/// Columns by the names that records call them, in UTF-8 as they stand there. The records of one input mostly have the same names in the same order, so the name behind the last one is
/// looked at first. Reading is for any number of threads, adding for one alone.
/// </summary>
internal sealed class JsonNames
{
    private readonly List<byte[]> _names = [];
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _ordinals = new Dictionary<byte[], int>(
        new Utf8Comparer()
    ).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>How many there are; they are numbered from 0.</summary>
    public int Count => _names.Count;

    /// <summary>The names in order.</summary>
    public IEnumerable<string> Texts => _names.Select(System.Text.Encoding.UTF8.GetString);

    /// <summary>The number of a name, or -1. <paramref name="expected"/>: the most likely answer, any number.</summary>
    public int Find(ReadOnlySpan<byte> name, int expected)
    {
        if ((uint)expected < (uint)_names.Count && name.SequenceEqual(_names[expected]))
        {
            return expected;
        }
        if (_ordinals.TryGetValue(name, out int ordinal))
        {
            return ordinal;
        }
        return Utf8.IsValid(name) ? -1 : Find(Repair(name), -1);
    }

    /// <summary>The same; a name not seen before is added.</summary>
    public int FindOrAdd(ReadOnlySpan<byte> name, int expected)
    {
        int ordinal = Find(name, expected);
        return ordinal >= 0 ? ordinal : Add(Utf8.IsValid(name) ? name.ToArray() : Repair(name));
    }

    private int Add(byte[] name)
    {
        _ordinals.Dictionary.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    /// <summary>What is no UTF-8 in a name is replaced, as it is wherever the name is shown.</summary>
    private static byte[] Repair(ReadOnlySpan<byte> name) => System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(name));

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
