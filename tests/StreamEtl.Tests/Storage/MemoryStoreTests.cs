using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

public sealed class MemoryStoreTests : ObjectStoreConformance
{
    internal override IObjectStore Store { get; } = new MemoryStore();
}
