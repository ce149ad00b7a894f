namespace StreamEtl.Pipeline;

/// <summary>What <c>ingest</c> does with an input whose columns are not those of the table.</summary>
public enum SchemaChangeRule
{
    /// <summary>The table follows: columns are added, types widened, and a column that the input lacks is kept as NULL (the default).</summary>
    Evolve,

    /// <summary>The run fails.</summary>
    Fail,
}
