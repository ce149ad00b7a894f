namespace StreamEtl.Storage;

/// <summary>What a store knows of an object without reading it.</summary>
/// <param name="Key">Its key, see <see cref="ObjectKey"/>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Tag">Differs from that of every earlier and later content under this key; opaque, and means nothing for another key or store.</param>
public readonly record struct ObjectInfo(string Key, long Length, string Tag);
