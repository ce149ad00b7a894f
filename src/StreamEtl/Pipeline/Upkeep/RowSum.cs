using StreamEtl.Batches;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>How many rows there are, and their checksum.</summary>
internal sealed class RowSum
{
    private TableChecksum _checksum;

    /// <summary>Rows.</summary>
    public long Rows { get; private set; }

    /// <summary>32 hexadecimal digits.</summary>
    public string Checksum => _checksum.ToString();

    /// <summary>Takes a row in.</summary>
    public void Add(in Hash128 key, in Hash128 row)
    {
        Rows++;
        _checksum.Add(key, row.High);
    }

    /// <summary>The checksum of a version with these rows added.</summary>
    public TableChecksum Onto(TableChecksum other)
    {
        other.Add(_checksum);
        return other;
    }
}
