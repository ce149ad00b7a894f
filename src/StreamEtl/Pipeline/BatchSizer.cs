using System.Diagnostics;

namespace StreamEtl.Pipeline;

/// <summary>
/// Chooses how many bytes a unit should have: hill climbing on the throughput of decoding, in steps of two, within what the byte gate allows.
/// Small batches stay in the caches, large ones amortise fixed costs; which wins depends on the table's shape, so it is measured.
/// </summary>
internal sealed class BatchSizer
{
    private const int Smallest = 64 << 10;
    private const int Largest = 1 << 20;
    private const int UnitsPerStep = 24;
    private const double WorthMoving = 1.03;

    private readonly Lock _lock = new();
    private readonly int _ceiling;
    private int _current;
    private int _direction = 1;
    private double _lastRate;
    private long _bytes;
    private long _ticks;
    private int _units;
    private int _turns;

    /// <summary>Starts at <paramref name="initial"/> bytes and never exceeds <paramref name="ceiling"/>.</summary>
    public BatchSizer(int initial, int ceiling)
    {
        _ceiling = Math.Clamp(ceiling, Smallest, Largest);
        _current = Math.Clamp(initial, Smallest, _ceiling);
        Min = Max = _current;
    }

    /// <summary>The size to read next.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Smallest size chosen.</summary>
    public int Min { get; private set; }

    /// <summary>Largest size chosen.</summary>
    public int Max { get; private set; }

    /// <summary>Records the decoding of one unit.</summary>
    public void Observe(long bytes, long ticks)
    {
        lock (_lock)
        {
            _bytes += bytes;
            _ticks += ticks;
            // After three turns the climb has found its plateau; noise would only make it wander.
            if (++_units < UnitsPerStep || _turns >= 3)
            {
                return;
            }
            double rate = _bytes / Math.Max(1e-9, Stopwatch.GetElapsedTime(0, _ticks).TotalSeconds);
            if (_lastRate > 0 && rate < _lastRate * WorthMoving)
            {
                _direction = -_direction;
                _turns++;
            }
            _lastRate = rate;
            _bytes = _ticks = _units = 0;
            Move();
        }
    }

    private void Move()
    {
        int next = Math.Clamp(_direction > 0 ? _current * 2 : _current / 2, Smallest, _ceiling);
        Volatile.Write(ref _current, next);
        Min = Math.Min(Min, next);
        Max = Math.Max(Max, next);
    }
}
