using System.Collections;
using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// The malformed rows of a unit. A frame may hold hundreds of thousands, so each is a few bytes of the unit's lease until someone asks for it; then
/// it is put into words, from bytes that must still be there.
/// </summary>
internal sealed class CsvRejects(string source, CsvUnit unit, IReadOnlyList<PlanColumn> plan, int width, CsvDialect dialect)
    : IReadOnlyList<RejectedRecord>
{
    private const int ShownValue = 60;
    private const int WholeRecord = -1;

    private Entry[] _entries = [];

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public RejectedRecord this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            Entry entry = _entries[index];
            string? column = entry.Column == WholeRecord ? null : plan[entry.Column].Name;
            return new RejectedRecord(entry.Kind, source, entry.Line, unit.Offset + entry.Start, column, Reason(entry));
        }
    }

    /// <summary>Adds the record at <paramref name="start"/> of the frame, which has <paramref name="fields"/> fields.</summary>
    public void AddFieldCount(int start, int fields) => Add(new Entry(ErrorKind.FieldCount, start, WholeRecord, fields, default));

    /// <summary>Adds the record at <paramref name="start"/>; <paramref name="position"/> is the frame's byte that makes it malformed.</summary>
    public void AddByte(ErrorKind kind, int start, int position) => Add(new Entry(kind, start, WholeRecord, position, default));

    /// <summary>Adds the record at <paramref name="start"/>, whose line ending at <paramref name="end"/> is not the dialect's.</summary>
    public void AddLineEnd(int start, int end) => Add(new Entry(ErrorKind.MixedLineEnds, start, WholeRecord, end, default));

    /// <summary>Adds the row at <paramref name="start"/>, whose value does not fit the declared type of a plan column.</summary>
    public void AddValue(int start, int column, TextView value) => Add(new Entry(ErrorKind.InvalidValue, start, column, 1, value));

    /// <summary>Adds the row at <paramref name="start"/>, which is NULL where its plan column may not be.</summary>
    public void AddNull(ErrorKind kind, int start, int column) => Add(new Entry(kind, start, column, 0, default));

    /// <summary>Brings all into input order and finds their lines, in one pass over the frame.</summary>
    public void Complete()
    {
        Span<Entry> entries = _entries.AsSpan(0, Count);
        entries.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        int counted = 0;
        int line = 0;
        foreach (ref Entry entry in entries)
        {
            line += LineCounter.Count(unit.Bytes.AsSpan(counted, entry.Start - counted));
            counted = entry.Start;
            entry = entry with { Line = line };
        }
    }

    /// <inheritdoc/>
    public IEnumerator<RejectedRecord> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(Entry entry)
    {
        if (_entries.Length == 0)
        {
            _entries = unit.Lease.Rent<Entry>(16);
        }
        else if (Count == _entries.Length)
        {
            unit.Lease.Grow(ref _entries, Count, Count + 1);
        }
        _entries[Count++] = entry;
    }

    private string Reason(in Entry entry) =>
        entry.Kind switch
        {
            ErrorKind.FieldCount => $"the record has {entry.Detail} field{(entry.Detail == 1 ? "" : "s")}, the header has {width}",
            ErrorKind.InvalidEncoding => string.Create(
                CultureInfo.InvariantCulture,
                $"byte {unit.Offset + entry.Detail} (0x{unit.Bytes[entry.Detail]:X2}) is not valid UTF-8"
            ),
            ErrorKind.MixedLineEnds =>
                $"the record ends with {LineEnds.At(unit.Bytes.AsSpan(0, unit.Length), entry.Detail).Name()}, the first one with {dialect.LineEnd.Name()}",
            ErrorKind.NullKey => "the key column is empty",
            ErrorKind.InvalidValue when entry.Detail == 0 => "the schema declares the column not nullable, and it is empty",
            ErrorKind.InvalidValue => $"'{Shown(entry.Value)}' is not {Article(plan[entry.Column].Type)}",
            _ => RecordFault.Describe(entry.Kind, unit.Offset + entry.Detail),
        };

    private string Shown(TextView value)
    {
        ReadOnlySpan<byte> text = unit.Bytes.AsSpan(value.Start, value.Length);
        return TerminalText.Escape(
            text.Length <= ShownValue
                ? System.Text.Encoding.UTF8.GetString(text)
                : System.Text.Encoding.UTF8.GetString(text[..ShownValue]) + "…"
        );
    }

    private static string Article(ColumnType type) => (type.Kind is ColumnKind.Integer or ColumnKind.Instant ? "an " : "a ") + type;

    /// <summary>A malformed row: where it starts, its plan column, and by kind a number of fields or the position of a byte.</summary>
    private readonly record struct Entry(ErrorKind Kind, int Start, int Column, int Detail, TextView Value)
    {
        /// <summary>0-based in the frame.</summary>
        public int Line { get; init; }
    }
}
