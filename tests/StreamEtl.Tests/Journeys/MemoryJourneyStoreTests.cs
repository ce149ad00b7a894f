using StreamEtl.Connectors.Journeys;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Journeys;

/// <summary>The same over a store that is not a folder: what journeys rest on is the seam of objects alone.</summary>
public sealed class MemoryJourneyStoreTests : JourneyStoreConformance
{
    private readonly MemoryStore _objects = new();

    protected override IJourneyStore Open() => new ObjectJourneyStore(_objects, TimeProvider.System);
}
