using System.Numerics;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Columns;

/// <summary>A text value of a column: its address and its length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct TextValue(byte* start, int length)
{
    /// <summary>The length in bytes.</summary>
    public readonly int Length = length;

    /// <summary>The address of the first byte, valid as long as the batch's chunk.</summary>
    public readonly byte* Start = start;
}

/// <summary>
/// The events of one chunk as columns. Text values are addresses in the chunk or its arena, so a batch is valid as long
/// as its chunk.
/// </summary>
internal sealed unsafe class ColumnBatch
{
    // Most objects of a trail have fewer events; a chunk of a large object has about 400.
    private const int InitialRows = 64;

    private static readonly ulong Texts = ColumnsOf(ColumnKind.Text) | ColumnsOf(ColumnKind.Json);
    private static readonly ulong Booleans = ColumnsOf(ColumnKind.Boolean);
    private static readonly ulong Times = ColumnsOf(ColumnKind.Timestamp);

    private readonly TextValue[][] _texts = new TextValue[EventSchema.Columns.Length][];
    private readonly bool[][] _booleans = new bool[EventSchema.Columns.Length][];
    private readonly int[] _counts = new int[EventSchema.Columns.Length];
    private readonly long[] _textBytes = new long[EventSchema.Columns.Length];
    private long[] _times = new long[InitialRows];
    private ulong[] _present = new ulong[InitialRows];

    /// <summary>Makes an empty batch.</summary>
    public ColumnBatch() => Allocate(InitialRows);

    /// <summary>The number of events in the batch.</summary>
    public int Rows { get; private set; }

    /// <summary>Empties the batch for the next chunk.</summary>
    public void Clear()
    {
        Rows = 0;
        Array.Clear(_counts);
        Array.Clear(_textBytes);
    }

    /// <summary>Adds an event.</summary>
    /// <param name="fields">One field for each column.</param>
    /// <param name="present">One bit for each column; 0 means NULL.</param>
    public void Append(ReadOnlySpan<EventField> fields, ulong present)
    {
        if (Rows == _present.Length)
        {
            Allocate(Rows * 2);
        }

        _present[Rows++] = present;
        for (ulong texts = present & Texts; texts != 0; texts &= texts - 1)
        {
            int column = BitOperations.TrailingZeroCount(texts);
            ref readonly var field = ref fields[column];
            _texts[column][_counts[column]++] = new TextValue(field.Text, (int)field.Value);
            _textBytes[column] += field.Value;
        }

        for (ulong booleans = present & Booleans; booleans != 0; booleans &= booleans - 1)
        {
            int column = BitOperations.TrailingZeroCount(booleans);
            _booleans[column][_counts[column]++] = fields[column].Value != 0;
        }

        if ((present & Times) != 0)
        {
            _times[_counts[EventSchema.EventTime]++] = fields[EventSchema.EventTime].Value;
        }
    }

    /// <summary>The values of event_time in the order of the rows, without those that are NULL.</summary>
    public ReadOnlySpan<long> EventTimes => _times.AsSpan(0, _counts[EventSchema.EventTime]);

    /// <summary>Removes rows.</summary>
    /// <param name="rows">Their indexes, ascending.</param>
    public void Remove(IReadOnlyList<int> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        for (int column = 0; column < EventSchema.Columns.Length; column++)
        {
            if (_counts[column] > 0)
            {
                RemoveValues(column, rows);
            }
        }

        int kept = rows[0];
        for (int at = 0; at < rows.Count; at++)
        {
            int next = at + 1 < rows.Count ? rows[at + 1] : Rows;
            int between = next - rows[at] - 1;
            Array.Copy(_present, rows[at] + 1, _present, kept, between);
            kept += between;
        }

        Rows = kept;
    }

    /// <summary>The total length of all texts in bytes.</summary>
    internal long TextBytes() => _textBytes.Sum();

    /// <summary>The total length of a column's texts in bytes.</summary>
    internal long TextBytes(int column) => _textBytes[column];

    internal ReadOnlySpan<TextValue> TextValues(int column, Range values) => _texts[column].AsSpan(values);

    internal ReadOnlySpan<bool> BooleanValues(int column, Range values) => _booleans[column].AsSpan(values);

    internal ReadOnlySpan<long> TimeValues(Range values) => _times.AsSpan(values);

    /// <summary>The range of the column's values that belong to the rows.</summary>
    internal Range ValuesOf(int column, int firstRow, int rows)
    {
        if (rows == Rows)
        {
            return .._counts[column];
        }

        int first = Count(column, _present.AsSpan(0, firstRow));
        return first..(first + Count(column, _present.AsSpan(firstRow, rows)));
    }

    /// <summary>Writes 1 for each row that has a value, 0 for each that is NULL.</summary>
    internal void WriteDefinitionLevels(int column, int firstRow, Span<short> levels)
    {
        var present = _present.AsSpan(firstRow, levels.Length);
        for (int row = 0; row < levels.Length; row++)
        {
            levels[row] = (short)((present[row] >> column) & 1);
        }
    }

    /// <summary>Removes the values that a column has in the removed rows.</summary>
    private void RemoveValues(int column, IReadOnlyList<int> rows)
    {
        Array values = _texts[column] ?? (Array)_booleans[column] ?? _times;
        bool isFull = _counts[column] == Rows;
        int value = 0, kept = 0, row = 0;
        foreach (int removed in rows)
        {
            KeepRun(removed);
            if ((_present[removed] >> column & 1) != 0)
            {
                _textBytes[column] -= values is TextValue[] texts ? texts[value].Length : 0;
                value++;
            }

            row = removed + 1;
        }

        KeepRun(Rows);
        _counts[column] = kept;

        void KeepRun(int end)
        {
            int run = isFull ? end - row : Count(column, _present.AsSpan(row, end - row));
            if (value != kept)
            {
                Array.Copy(values, value, values, kept, run);
            }

            value += run;
            kept += run;
        }
    }

    private static int Count(int column, ReadOnlySpan<ulong> present)
    {
        int count = 0;
        foreach (ulong row in present)
        {
            count += (int)((row >> column) & 1);
        }

        return count;
    }

    private static ulong ColumnsOf(ColumnKind kind)
    {
        ulong columns = 0;
        for (int column = 0; column < EventSchema.Columns.Length; column++)
        {
            columns |= EventSchema.Columns[column].Kind == kind ? 1UL << column : 0;
        }

        return columns;
    }

    private void Allocate(int rows)
    {
        Array.Resize(ref _present, rows);
        Array.Resize(ref _times, rows);
        for (int column = 0; column < EventSchema.Columns.Length; column++)
        {
            if ((Texts >> column & 1) != 0)
            {
                Array.Resize(ref _texts[column], rows);
            }
            else if ((Booleans >> column & 1) != 0)
            {
                Array.Resize(ref _booleans[column], rows);
            }
        }
    }
}
