namespace StreamEtl.Types;

/// <summary>The families of type that a text may belong to; evidence is their intersection over all values.</summary>
[Flags]
internal enum Candidates
{
    None = 0,
    Boolean = 1,
    Number = 2,
    IsoDate = 4,
    IsoTimestamp = 8,
    IsoInstant = 16,
    DayFirstDate = 32,
    DayFirstTimestamp = 64,
    Custom = 128,
    All = 255,
}
