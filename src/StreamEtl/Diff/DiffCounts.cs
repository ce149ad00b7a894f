namespace StreamEtl.Diff;

/// <summary>Counts of a diff.</summary>
internal sealed class DiffCounts
{
    /// <summary>Keys only in NEW.</summary>
    public long Inserts { get; set; }

    /// <summary>Keys whose row changed.</summary>
    public long Updates { get; set; }

    /// <summary>Keys only in OLD.</summary>
    public long Deletes { get; set; }

    /// <summary>Keys whose row is equal on both sides.</summary>
    public long Unchanged { get; set; }

    /// <summary>Keys whose row differs without a newer date.</summary>
    public long ChangedWithoutDate { get; set; }

    /// <summary>Keys only in OLD that a malformed row of NEW has, and that are no deletes therefore.</summary>
    public long Held { get; set; }

    /// <summary>Rows that repeat an equal row of the same side.</summary>
    public long Duplicates { get; set; }

    /// <summary>Keys that have differing rows within one side.</summary>
    public long ConflictingKeys { get; set; }

    private readonly Lock _lock = new();

    /// <summary>Adds another part's counts. Thread-safe.</summary>
    public void Add(DiffCounts other)
    {
        lock (_lock)
        {
            Inserts += other.Inserts;
            Updates += other.Updates;
            Deletes += other.Deletes;
            Unchanged += other.Unchanged;
            ChangedWithoutDate += other.ChangedWithoutDate;
            Held += other.Held;
            Duplicates += other.Duplicates;
            ConflictingKeys += other.ConflictingKeys;
        }
    }
}
