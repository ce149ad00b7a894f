namespace StreamEtl.Tests.Parquet.Reading;

internal sealed record CorpusFile(string Name, string Path, string Tier, long Rows, string? RowsHash, CorpusColumn[] Columns)
{
    public override string ToString() => Name;
}
