namespace StreamEtl.Connectors.Congregados;

/// <summary>What a consolidation knows of what it has written.</summary>
public sealed record CongregadoFacts
{
    /// <summary><c>database</c>.</summary>
    public required string Database { get; init; }

    /// <summary><c>tabela_consolidada</c>.</summary>
    public required string Table { get; init; }

    /// <summary><c>chaves_principais</c>: names of key columns.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary><c>campos_decisao</c>: names of decision columns in order, with <c>:desc</c> behind one whose greatest value wins.</summary>
    public required IReadOnlyList<string> Decisions { get; init; }

    /// <summary><c>metadata.origens</c>: names of origins in order.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary><c>record_count</c>: rows written.</summary>
    public required long RecordCount { get; init; }

    /// <summary>One text for all rows written, in whatever order.</summary>
    public required string RowsDigest { get; init; }

    /// <summary>The first rows written, each a JSON object in UTF-8; more than go into an item do no harm.</summary>
    public required IReadOnlyList<byte[]> FirstRows { get; init; }
}
