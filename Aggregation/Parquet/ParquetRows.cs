using System.Globalization;
using System.Text;
using CloudTrailAggregation.Ground;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>
/// Reads the rows of a table in order, with one page of each column in memory at a time. Values are valid until the
/// next <see cref="MoveNext"/>.
/// </summary>
internal sealed class ParquetRows(ParquetTable table, IReadOnlyList<int> columns) : IDisposable
{
    private readonly Cells[] _cells = new Cells[columns.Count];
    private RowGroupReader? _group;
    private int _nextGroup;
    private long _leftInGroup;

    /// <summary>The number of columns.</summary>
    public int Columns => columns.Count;

    /// <summary>The number of the current row, from 1; 0 before the first.</summary>
    public long Row { get; private set; }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="AggregationException">The file is damaged, or cannot be read.</exception>
    public bool MoveNext()
    {
        while (_leftInGroup == 0)
        {
            if (_nextGroup == table.RowGroups)
            {
                return false;
            }

            OpenNextGroup();
        }

        for (int column = 0; column < _cells.Length; column++)
        {
            if (!_cells[column].MoveNext())
            {
                Refill(column);
            }
        }

        _leftInGroup--;
        Row++;
        return true;
    }

    public bool IsNull(int column) => _cells[column].IsNull;

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => _cells[column].Bytes;

    /// <summary>A whole number: a time in its own unit, or 0 or 1 for a boolean.</summary>
    public long Number(int column) => _cells[column].Number;

    /// <summary>A time in UTC; null if the value is NULL, not a time, or outside the range of .NET.</summary>
    public DateTime? Time(int column)
    {
        long ticksPerUnit = table.Columns[columns[column]].TicksPerUnit;
        if (IsNull(column) || ticksPerUnit == 0)
        {
            return null;
        }

        var ticks = (Int128)Number(column) * ticksPerUnit + DateTime.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTime((long)ticks, DateTimeKind.Utc) : null;
    }

    /// <summary>Any value as text.</summary>
    public string Text(int column) => IsNull(column) ? "NULL"
        : Time(column) is { } time ? time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)
        : _cells[column].Text;

    public void Dispose() => CloseGroup();

    private void OpenNextGroup()
    {
        CloseGroup();
        _group = table.OpenRowGroup(_nextGroup++);
        _leftInGroup = _group.MetaData.NumRows;
        for (int at = 0; at < _cells.Length; at++)
        {
            int column = columns[at];
            _cells[at] = table.Call<Cells>(() => _group.Column(column) switch
            {
                ColumnReader<ByteArray> texts => new Cells<ByteArray>(texts),
                ColumnReader<long> numbers => new Cells<long>(numbers),
                ColumnReader<int> numbers => new Cells<int>(numbers),
                ColumnReader<bool> booleans => new Cells<bool>(booleans),
                ColumnReader<double> numbers => new Cells<double>(numbers),
                ColumnReader<float> numbers => new Cells<float>(numbers),
                ColumnReader<Int96> times => new Cells<Int96>(times),
                var unknown => throw new InvalidOperationException($"it has values of type {unknown.Type}"),
            });
        }
    }

    private void Refill(int column)
    {
        if (!table.Call(_cells[column].Refill) || !_cells[column].MoveNext())
        {
            throw new AggregationException(
                $"{table.Uri} is damaged: column {table.Columns[columns[column]].Name} has fewer values "
                + $"than its row group has rows, {_leftInGroup} too few. Write the file again.");
        }
    }

    private void CloseGroup()
    {
        foreach (var cells in _cells)
        {
            cells?.Dispose();
        }

        _group?.Dispose();
        _group = null;
    }

    /// <summary>One column's values in one row group.</summary>
    private abstract class Cells : IDisposable
    {
        public bool IsNull { get; protected set; }

        public abstract ReadOnlySpan<byte> Bytes { get; }

        public abstract long Number { get; }

        public abstract string Text { get; }

        /// <returns>False if no further value is in memory.</returns>
        public abstract bool MoveNext();

        /// <summary>
        /// Reads more values, at most to the end of a page, because texts are addresses in their page.
        /// </summary>
        /// <returns>False at the end of the row group.</returns>
        public abstract bool Refill();

        public abstract void Dispose();
    }

    private sealed class Cells<T>(ColumnReader<T> reader) : Cells
        where T : unmanaged
    {
        private const int BatchRows = 1024;

        private readonly T[] _values = new T[BatchRows];
        private readonly short[] _levels = new short[BatchRows];
        private readonly short _levelOfValues = reader.ColumnDescriptor.MaxDefinitionLevel;
        private int _rows;
        private int _nextRow;
        private int _nextValue;

        public override unsafe ReadOnlySpan<byte> Bytes => Value is ByteArray text
            ? new ReadOnlySpan<byte>((void*)text.Pointer, text.Length)
            : throw new InvalidOperationException("This column has no text.");

        public override long Number => Value switch
        {
            long number => number,
            int number => number,
            bool boolean => boolean ? 1 : 0,
            _ => throw new InvalidOperationException("This column has no whole numbers."),
        };

        public override string Text => Value switch
        {
            ByteArray => System.Text.Encoding.UTF8.GetString(Bytes),
            bool boolean => boolean ? "true" : "false",
            _ => string.Create(CultureInfo.InvariantCulture, $"{Value}"),
        };

        private T Value => _values[_nextValue - 1];

        public override bool MoveNext()
        {
            if (_nextRow == _rows)
            {
                return false;
            }

            IsNull = _levels[_nextRow++] != _levelOfValues;
            _nextValue += IsNull ? 0 : 1;
            return true;
        }

        public override bool Refill()
        {
            (_nextRow, _nextValue, _rows) = (0, 0, 0);
            while (_rows == 0 && reader.HasNext)
            {
                _rows = (int)reader.ReadBatch(BatchRows, _levels, [], _values, out _);
            }

            return _rows > 0;
        }

        public override void Dispose() => reader.Dispose();
    }
}
