using System.Diagnostics;

namespace StreamEtl.Pipeline;

/// <summary>
/// Chooses how many bytes a unit should have: hill climbing on the throughput of decoding, in steps of two, within what the byte gate allows.
/// Small batches stay in the caches, large ones amortise fixed costs; which wins depends on the table's shape, so it is measured. Most shapes do not care, and arrays of every size tried
/// stay in the pool: so it goes on only where that is clearly better, tries larger ones only where a unit has few rows among which to divide what it costs, and ends at the best that it saw.
/// </summary>
internal sealed class BatchSizer
{
    private const int Smallest = 64 << 10;
    private const int Largest = 1 << 20;

    /// <summary>Units of the size before that are still on their way, or that pay for what the first ones have to set up.</summary>
    private const int UnitsIgnored = 12;
    private const int UnitsPerStep = 24;
    private const double WorthMoving = 1.05;

    /// <summary>With so many rows in a unit its fixed costs are nothing.</summary>
    private const int ManyRows = 1024;

    private readonly Lock _lock = new();
    private readonly int _ceiling;
    private int _current;
    private int _best;
    private double _bestRate;
    private bool _grows = true;
    private bool _moved;
    private bool _settled;
    private long _bytes;
    private long _ticks;
    private long _rows;
    private int _units;

    /// <summary>Starts at <paramref name="initial"/> bytes and never exceeds <paramref name="ceiling"/>.</summary>
    public BatchSizer(int initial, int ceiling)
    {
        _ceiling = Math.Clamp(ceiling, Smallest, Largest);
        _current = _best = Math.Clamp(initial, Smallest, _ceiling);
        Min = Max = _current;
    }

    private BatchSizer(int bytes)
    {
        _current = _best = Min = Max = bytes;
        _settled = true;
    }

    /// <summary>The size to read next.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Smallest size chosen.</summary>
    public int Min { get; private set; }

    /// <summary>Largest size chosen.</summary>
    public int Max { get; private set; }

    /// <summary>Always chooses <paramref name="bytes"/>.</summary>
    public static BatchSizer Fixed(int bytes) => new(bytes);

    /// <summary>Records the decoding of one unit.</summary>
    public void Observe(long bytes, long ticks, int rows)
    {
        lock (_lock)
        {
            if (_settled || ++_units <= UnitsIgnored)
            {
                return;
            }
            _bytes += bytes;
            _ticks += ticks;
            _rows += rows;
            if (_units == UnitsIgnored + UnitsPerStep)
            {
                _grows &= _rows < UnitsPerStep * ManyRows;
                Judge(_bytes / Math.Max(1e-9, Stopwatch.GetElapsedTime(0, _ticks).TotalSeconds));
                _bytes = _ticks = _rows = _units = 0;
            }
        }
    }

    private void Judge(double rate)
    {
        if (rate > _bestRate * WorthMoving)
        {
            _moved = _bestRate > 0;
            (_best, _bestRate) = (_current, rate);
        }
        else if (_grows && !_moved)
        {
            _grows = false;
        }
        else
        {
            _settled = true;
        }
        if (_grows && _best == _ceiling)
        {
            // Below is where it came from, or what it has not seen yet.
            (_grows, _settled) = (false, _moved);
        }
        Choose(_settled ? _best : Math.Clamp(_grows ? _best * 2 : _best / 2, Smallest, _ceiling));
        _settled |= _current == _best;
    }

    private void Choose(int size)
    {
        Volatile.Write(ref _current, size);
        Min = Math.Min(Min, size);
        Max = Math.Max(Max, size);
    }
}
