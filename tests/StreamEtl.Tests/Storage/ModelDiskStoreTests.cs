using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>The disk of the power cuts passes for a disk: the whole suite runs over it.</summary>
public sealed class ModelDiskStoreTests : ObjectStoreConformance
{
    internal override IObjectStore Store { get; } = new LocalStore(Path.GetFullPath("/data/store"), new UnsyncedDisk());
}
