using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>Sums up the records of a ledger as the checksum of a version does.</summary>
internal sealed class ChecksumSink
{
    private TableChecksum _sum;

    /// <summary>The sum so far.</summary>
    public TableChecksum Sum => _sum;

    /// <summary>Takes records in.</summary>
    public void Add(ReadOnlySpan<KeyRecord> records)
    {
        foreach (ref readonly KeyRecord record in records)
        {
            _sum.Add(record.Key, record.Row);
        }
    }
}
