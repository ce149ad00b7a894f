namespace StreamEtl.Tests.Parquet.Reading;

internal sealed record CorpusColumn(string Name, string Type, string? Hash);
