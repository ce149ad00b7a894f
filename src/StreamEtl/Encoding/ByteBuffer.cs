using StreamEtl.Memory;

namespace StreamEtl.Encoding;

/// <summary>Bytes under construction in an array of a lease.</summary>
internal sealed class ByteBuffer
{
    private readonly BufferLease _lease;
    private byte[] _bytes;

    /// <summary>Starts with room for <paramref name="capacity"/> bytes.</summary>
    public ByteBuffer(BufferLease lease, int capacity)
    {
        _lease = lease;
        _bytes = lease.Rent<byte>(capacity);
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Free space of at least <paramref name="bytes"/> bytes; <see cref="Advance"/> tells how many were used.</summary>
    public Span<byte> Free(int bytes)
    {
        if (Length + bytes > _bytes.Length)
        {
            _lease.Grow(ref _bytes, Length, Length + bytes);
        }
        return _bytes.AsSpan(Length);
    }

    /// <summary>Counts bytes written into <see cref="Free"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Appends a byte.</summary>
    public void Add(byte value)
    {
        Free(1)[0] = value;
        Length++;
    }

    /// <summary>Appends bytes.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Free(value.Length));
        Length += value.Length;
    }

    /// <summary>Overwrites four bytes with a little-endian number.</summary>
    public void PatchInt(int at, int value) => System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), value);

    /// <summary>Starts over; earlier <see cref="Written"/> memory is no longer valid.</summary>
    public void Clear() => Length = 0;
}
