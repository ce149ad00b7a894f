using System.Globalization;
using StreamEtl.Compression;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// Decompresses gzip (RFC 1952): any number of members one after the other, zero padding after the last. Every member's header, checksum and length are
/// verified before its last bytes are handed out; whatever is wrong, and anything else after the last member, is
/// <see cref="ErrorKind.DamagedCompression"/>. Owns the inner source.
/// </summary>
internal sealed class GzipSource(IByteSource inner) : IByteSource
{
    private const int InputBytes = 256 << 10;
    private const int TrailerBytes = 8;
    private const byte ReservedFlags = 0xE0;

    private readonly byte[] _input = new byte[InputBytes + Inflater.Padding];
    private readonly Inflater _inflater = new();
    private long _inputStart;
    private int _position;
    private int _end;
    private bool _isLast;
    private bool _inMember;
    private bool _ended;
    private uint _crc;
    private uint _length;
    private long _members;

    /// <inheritdoc/>
    public SourceInfo Info => inner.Info;

    /// <inheritdoc/>
    public long Position => _inputStart + Math.Min(_position, _end);

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (_inflater.Output.IsEmpty && !_ended)
        {
            if (!_inMember)
            {
                await BeginMemberAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            InflateStatus status = _inflater.Run(_input, ref _position, _end, _isLast);
            ReadOnlySpan<byte> output = _inflater.Output;
            _crc = Crc32.Append(_crc, output);
            _length += (uint)output.Length;
            switch (status)
            {
                case InflateStatus.NeedInput:
                    await FillAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case InflateStatus.Done:
                    await EndMemberAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case InflateStatus.Damaged:
                    throw Damaged("the gzip data is damaged");
                case InflateStatus.Truncated:
                    throw EndsEarly();
                default:
                    break;
            }
        }
        int count = Math.Min(_inflater.Output.Length, destination.Length);
        _inflater.Output[..count].CopyTo(destination.Span);
        _inflater.Take(count);
        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Moves what is left to the front and reads behind it at least once; after the last bytes come zeros.</summary>
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        int left = _end - _position;
        _input.AsSpan(_position, left).CopyTo(_input);
        _inputStart += _position;
        _position = 0;
        _end = left;
        int count = await inner.ReadAsync(_input.AsMemory(_end, InputBytes - _end), cancellationToken).ConfigureAwait(false);
        _end += count;
        if (count == 0)
        {
            _isLast = true;
            _input.AsSpan(_end).Clear();
        }
    }

    private async ValueTask<bool> TryNeedAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _position < count)
        {
            if (_isLast)
            {
                return false;
            }
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    private async ValueTask<byte> NextAsync(CancellationToken cancellationToken)
    {
        if (!await TryNeedAsync(1, cancellationToken).ConfigureAwait(false))
        {
            throw EndsEarly();
        }
        byte value = _input[_position++];
        _crc = Crc32.Append(_crc, [value]);
        return value;
    }

    private async ValueTask BeginMemberAsync(CancellationToken cancellationToken)
    {
        if (_members > 0 && !await SkipPaddingAsync(cancellationToken).ConfigureAwait(false))
        {
            _ended = true;
            return;
        }
        _crc = 0;
        byte first = await NextAsync(cancellationToken).ConfigureAwait(false);
        byte second = await NextAsync(cancellationToken).ConfigureAwait(false);
        if (first != 0x1F || second != 0x8B)
        {
            throw Damaged(_members == 0 ? "the gzip header is damaged" : "something that is not gzip follows the gzip data");
        }
        byte method = await NextAsync(cancellationToken).ConfigureAwait(false);
        var flags = (HeaderFlags)await NextAsync(cancellationToken).ConfigureAwait(false);
        if (method != 8 || ((byte)flags & ReservedFlags) != 0)
        {
            throw Damaged("the gzip header is damaged");
        }
        for (int i = 0; i < 6; i++)
        {
            await NextAsync(cancellationToken).ConfigureAwait(false);
        }
        await SkipOptionalPartsAsync(flags, cancellationToken).ConfigureAwait(false);
        _members++;
        _inMember = true;
        _crc = 0;
        _length = 0;
        _inflater.Reset();
    }

    private async ValueTask SkipOptionalPartsAsync(HeaderFlags flags, CancellationToken cancellationToken)
    {
        if ((flags & HeaderFlags.Extra) != 0)
        {
            int length = await NextAsync(cancellationToken).ConfigureAwait(false);
            length |= await NextAsync(cancellationToken).ConfigureAwait(false) << 8;
            for (int i = 0; i < length; i++)
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        foreach (HeaderFlags text in new[] { HeaderFlags.Name, HeaderFlags.Comment })
        {
            while ((flags & text) != 0 && await NextAsync(cancellationToken).ConfigureAwait(false) != 0) { }
        }
        if ((flags & HeaderFlags.Checksum) != 0)
        {
            uint expected = _crc & 0xFFFF;
            uint stored = await NextAsync(cancellationToken).ConfigureAwait(false);
            stored |= (uint)await NextAsync(cancellationToken).ConfigureAwait(false) << 8;
            if (stored != expected)
            {
                throw Damaged("the gzip header does not match its checksum");
            }
        }
    }

    private async ValueTask EndMemberAsync(CancellationToken cancellationToken)
    {
        if (!await TryNeedAsync(TrailerBytes, cancellationToken).ConfigureAwait(false))
        {
            throw EndsEarly();
        }
        uint crc = BitConverter.ToUInt32(_input, _position);
        uint length = BitConverter.ToUInt32(_input, _position + 4);
        if (crc != _crc)
        {
            throw Damaged("the decompressed data does not match its checksum");
        }
        if (length != _length)
        {
            throw Damaged("the decompressed data does not have the length that the gzip trailer states");
        }
        _position += TrailerBytes;
        _inMember = false;
    }

    /// <summary>True when another member may follow. Tapes and some archivers pad with zeros.</summary>
    private async ValueTask<bool> SkipPaddingAsync(CancellationToken cancellationToken)
    {
        while (await TryNeedAsync(1, cancellationToken).ConfigureAwait(false))
        {
            if (_input[_position] != 0)
            {
                return true;
            }
            _position++;
        }
        return false;
    }

    private StreamEtlException EndsEarly() =>
        new(
            ErrorKind.DamagedCompression,
            string.Create(CultureInfo.InvariantCulture, $"the gzip data ends early, after {_inputStart + _end} compressed bytes"),
            new RecordPosition(Info.Name, 0, -1),
            "fetch or copy the file again; nothing was written"
        );

    private StreamEtlException Damaged(string what) =>
        new(
            ErrorKind.DamagedCompression,
            string.Create(CultureInfo.InvariantCulture, $"{what}, near compressed byte {Position}"),
            new RecordPosition(Info.Name, 0, -1),
            "fetch or copy the file again; nothing was written"
        );

    [Flags]
    private enum HeaderFlags : byte
    {
        Text = 1,
        Checksum = 2,
        Extra = 4,
        Name = 8,
        Comment = 16,
    }
}
