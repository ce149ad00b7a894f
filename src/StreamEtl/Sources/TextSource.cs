using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// Gives a text as UTF-8 without a byte order mark, whatever it is stored in. Without a stated encoding, the first <see cref="SampleBytes"/> decide; if they
/// are pure ASCII, the <see cref="LookAheadBytes"/> from the first other byte on decide, however late that comes. The choice depends on the bytes alone,
/// never on how they arrive. UTF-8 is passed on unread: whoever cuts it into rows says which row has an invalid byte. Owns the inner source.
/// </summary>
internal sealed class TextSource : IByteSource
{
    /// <summary>Bytes that decide.</summary>
    public const int SampleBytes = 1 << 20;

    /// <summary>Bytes that decide when the sample left it open.</summary>
    public const int LookAheadBytes = 64 << 10;

    private const int BlockBytes = 256 << 10;

    private readonly IByteSource _inner;
    private readonly byte[] _staged = new byte[Transcoder.MinDestination];
    private byte[] _block;
    private int _start;
    private int _end;
    private bool _isLast;
    private bool _isOpenQuestion;
    private long _offset;
    private Transcoder? _transcoder;
    private ReadOnlyMemory<byte> _ready;

    private TextSource(IByteSource inner, byte[] block, int end, bool isLast)
    {
        _inner = inner;
        _block = block;
        _end = end;
        _isLast = isLast;
    }

    /// <inheritdoc/>
    public SourceInfo Info => _inner.Info;

    /// <inheritdoc/>
    public long Position => _inner.Position;

    /// <inheritdoc/>
    public bool IsPlainFile => _inner.IsPlainFile;

    /// <summary>The encoding by its canonical name; changes from <c>utf-8</c> to <c>windows-1252</c> at most once, when the first byte that is not ASCII says so.</summary>
    public string EncodingName { get; private set; } = TextEncodings.Utf8;

    /// <summary>Set when Windows-1252 was chosen although most of what is not ASCII would be valid UTF-8: the text may be damaged UTF-8.</summary>
    public string? Warning { get; private set; }

    /// <summary>Reads the sample and decides. <paramref name="encoding"/>: as the user named it, or null. On an exception the caller still owns <paramref name="inner"/>.</summary>
    public static async ValueTask<TextSource> OpenAsync(IByteSource inner, string? encoding, CancellationToken cancellationToken)
    {
        string? stated = encoding is null ? null : TextEncodings.Canonical(encoding);
        var sample = new byte[SampleBytes];
        int count = await inner.ReadFullyAsync(sample, cancellationToken).ConfigureAwait(false);
        var source = new TextSource(inner, sample, count, count < SampleBytes);
        source.Choose(stated);
        return source;
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_transcoder is null)
        {
            int count = await PassAsync(destination, cancellationToken).ConfigureAwait(false);
            if (count > 0 || _transcoder is null)
            {
                return count;
            }
        }
        return await TranscodeAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private void Choose(string? stated)
    {
        ReadOnlySpan<byte> sample = _block.AsSpan(0, _end);
        string? found = stated switch
        {
            null => EncodingDetector.Detect(sample, _isLast),
            "utf-16" => sample is [0xFE, 0xFF, ..] ? "utf-16be" : "utf-16le",
            _ => stated,
        };
        _isOpenQuestion = found is null;
        EncodingName = found ?? TextEncodings.Utf8;
        Warning = stated is null ? WarningFor(EncodingName, sample) : null;
        _transcoder = TextEncodings.Open(EncodingName);
        _start = EncodingDetector.MarkLength(sample, EncodingName);
        _offset = _start;
    }

    private static string? WarningFor(string chosen, ReadOnlySpan<byte> sample) =>
        chosen == TextEncodings.Windows1252 && EncodingDetector.LooksLikeDamagedUtf8(sample)
            ? "some bytes are not valid UTF-8, so the text is read as windows-1252; if it is damaged UTF-8, say --encoding utf-8 and the rows concerned are reported"
            : null;

    /// <summary>Hands bytes on as they are. 0 is the end, or the moment at which a transcoder takes over.</summary>
    private async ValueTask<int> PassAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        int count;
        if (_start < _end)
        {
            count = Math.Min(destination.Length, _end - _start);
            _block.AsSpan(_start, count).CopyTo(destination.Span);
            _start += count;
        }
        else
        {
            _block = [];
            count = _isLast ? 0 : await _inner.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
            _start = _end = 0;
        }
        int ascii = _isOpenQuestion ? destination.Span[..count].IndexOfAnyExceptInRange((byte)0, (byte)127) : -1;
        if (ascii < 0)
        {
            _offset += count;
            return count;
        }
        await DecideAsync(destination[ascii..count], cancellationToken).ConfigureAwait(false);
        _offset += ascii;
        return ascii > 0 || _transcoder is not null ? ascii : await PassAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back what was read from the first byte beyond ASCII on, reads as much as the decision needs, and decides.</summary>
    private async ValueTask DecideAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        var block = new byte[Math.Max(BlockBytes, rest.Length + (_end - _start) + LookAheadBytes)];
        rest.CopyTo(block);
        _block.AsSpan(_start, _end - _start).CopyTo(block.AsSpan(rest.Length));
        int count = rest.Length + (_end - _start);
        if (count < LookAheadBytes && !_isLast)
        {
            count += await _inner.ReadFullyAsync(block.AsMemory(count, LookAheadBytes - count), cancellationToken).ConfigureAwait(false);
            _isLast = count < LookAheadBytes;
        }
        int looked = Math.Min(count, LookAheadBytes);
        EncodingName = EncodingDetector.DetectMultiByte(block.AsSpan(0, looked), _isLast && looked == count);
        Warning = WarningFor(EncodingName, block.AsSpan(0, looked));
        _transcoder = TextEncodings.Open(EncodingName);
        _isOpenQuestion = false;
        _block = block;
        _start = 0;
        _end = count;
    }

    private async ValueTask<int> TranscodeAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (_ready.IsEmpty)
        {
            bool small = destination.Length < Transcoder.MinDestination;
            int written = Convert(small ? _staged : destination.Span);
            if (written > 0 && !small)
            {
                return written;
            }
            _ready = _staged.AsMemory(0, written);
            if (written == 0)
            {
                if (_isLast)
                {
                    return 0;
                }
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        int count = Math.Min(_ready.Length, destination.Length);
        _ready[..count].CopyTo(destination);
        _ready = _ready[count..];
        return count;
    }

    private int Convert(Span<byte> destination)
    {
        try
        {
            _transcoder!.Convert(_block.AsSpan(_start, _end - _start), destination, _isLast, out int consumed, out int written);
            _start += consumed;
            _offset += consumed;
            return written;
        }
        catch (InvalidTextException e)
        {
            throw new StreamEtlException(
                ErrorKind.InvalidEncoding,
                $"the text is not valid {EncodingName}: {e.Message}",
                new RecordPosition(Info.Name, 0, _offset + e.Offset),
                "state the right one with --encoding",
                e
            );
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        int left = _end - _start;
        if (_block.Length < BlockBytes)
        {
            Array.Resize(ref _block, BlockBytes);
        }
        _block.AsSpan(_start, left).CopyTo(_block);
        _start = 0;
        int count = await _inner.ReadAsync(_block.AsMemory(left), cancellationToken).ConfigureAwait(false);
        _end = left + count;
        _isLast = count == 0;
    }
}
