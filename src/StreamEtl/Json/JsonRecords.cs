using StreamEtl.Memory;

namespace StreamEtl.Json;

/// <summary>The records of a unit, in an array of its lease.</summary>
internal sealed class JsonRecords(BufferLease lease)
{
    private const int Few = 256;

    private JsonRecord[] _records = lease.Rent<JsonRecord>(Few);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them.</summary>
    public ReadOnlySpan<JsonRecord> Span => _records.AsSpan(0, Count);

    /// <summary>Adds one.</summary>
    public void Add(JsonRecord record)
    {
        if (Count == _records.Length)
        {
            lease.Grow(ref _records, Count, Count * 2);
        }
        _records[Count++] = record;
    }
}
