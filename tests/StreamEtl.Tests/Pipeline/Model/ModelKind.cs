namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>What a column of a <see cref="ModelTable"/> means.</summary>
internal enum ModelKind
{
    Integer,
    Decimal,
    WideDecimal,
    Float,
    Boolean,
    Date,
    Timestamp,
    Instant,
    Text,
}
