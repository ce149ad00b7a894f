using System.Globalization;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// Decompresses Zstandard (RFC 8878): any number of frames one after the other, each checked against its checksum where it has one. Damage and an early end are
/// <see cref="ErrorKind.DamagedCompression"/>. Owns the inner source and the decoder.
/// </summary>
internal sealed class ZstdSource(IByteSource inner, ZstdDecoder decoder) : IByteSource
{
    private const int InputBytes = 256 << 10;

    private readonly byte[] _input = new byte[InputBytes];
    private int _start;
    private int _end;
    private bool _inFrame = true;

    /// <inheritdoc/>
    public SourceInfo Info => inner.Info;

    /// <inheritdoc/>
    public long Position => inner.Position - (_end - _start);

    /// <summary>Wraps a source that stands at the first byte of a frame.</summary>
    public static ZstdSource Open(IByteSource inner) =>
        new(
            inner,
            ZstdDecoder.TryOpen()
                ?? throw new StreamEtlException(
                    ErrorKind.Unsupported,
                    "reading Zstandard needs the system library libzstd, which is not installed",
                    new RecordPosition(inner.Info.Name, 0, -1),
                    "install it (libzstd1 or zstd), or decompress into a pipe: zstd -dc FILE | streametl … -"
                )
        );

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            int written = Decode(destination.Span);
            if (written > 0 || destination.IsEmpty)
            {
                return written;
            }
            if (_start < _end)
            {
                continue;
            }
            _start = 0;
            _end = await inner.ReadAsync(_input, cancellationToken).ConfigureAwait(false);
            if (_end == 0)
            {
                return _inFrame ? throw Damaged("the Zstandard data ends early") : 0;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        decoder.Dispose();
        return inner.DisposeAsync();
    }

    /// <summary>Runs the decoder, also without input: it may still hold output. Between frames there is nothing to run.</summary>
    private int Decode(Span<byte> destination)
    {
        if (_start == _end && !_inFrame)
        {
            return 0;
        }
        if (
            !decoder.TryRun(
                _input.AsSpan(_start, _end - _start),
                destination,
                out int consumed,
                out int written,
                out nuint expected,
                out string? reason
            )
        )
        {
            throw Damaged($"the Zstandard data is damaged ({reason})");
        }
        _start += consumed;
        _inFrame = expected != 0;
        return written;
    }

    private StreamEtlException Damaged(string what) =>
        new(
            ErrorKind.DamagedCompression,
            string.Create(CultureInfo.InvariantCulture, $"{what}, near compressed byte {Position}"),
            new RecordPosition(Info.Name, 0, -1),
            "fetch or copy the file again; nothing was written"
        );
}
