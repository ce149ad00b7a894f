namespace StreamEtl.Sources;

/// <summary>Extra ability of a source that can leave unneeded columns unread (Parquet).</summary>
public interface IPlannedSource
{
    /// <summary>Tells the plan that every later <see cref="IRowSource.Decode"/> will use. Called once, before the first read.</summary>
    void SetPlan(IReadOnlyList<PlanColumn> plan);
}
