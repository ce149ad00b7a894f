namespace StreamEtl.Spill;

/// <summary>Sees the records of one chunk and their contents.</summary>
internal delegate void ChunkVisitor(ReadOnlySpan<KeyRecord> records, ReadOnlySpan<byte> contents);
