using ParquetSharp;

namespace CloudTrailAggregation.Benchmarks.Layouts;

/// <summary>A column of a file, read through all row groups.</summary>
internal abstract class ColumnCursor : IDisposable
{
    public static ColumnCursor Of(ParquetFileReader file, int column) =>
        file.FileMetaData.Schema.Column(column).PhysicalType switch
        {
            PhysicalType.ByteArray => new Cursor<ByteArray>(file, column),
            PhysicalType.Boolean => new Cursor<bool>(file, column),
            _ => new Cursor<long>(file, column),
        };

    /// <summary>Writes the next rows.</summary>
    public abstract void Copy(ColumnWriter writer, long rows);

    public abstract void Dispose();

    private sealed class Cursor<T>(ParquetFileReader file, int column) : ColumnCursor
        where T : unmanaged
    {
        private readonly short[] _levels = new short[4096];
        private readonly T[] _values = new T[4096];
        private int _nextRowGroup;
        private RowGroupReader? _rowGroup;
        private ColumnReader<T>? _reader;

        public override void Copy(ColumnWriter writer, long rows)
        {
            while (rows > 0)
            {
                if (_reader is not { HasNext: true })
                {
                    OpenNext();
                }

                // ReadBatch stays within one page, so that the texts in memory stay valid until they are written.
                long read = _reader!.ReadBatch(
                    Math.Min(rows, _levels.Length), _levels, default, _values, out long values);
                ((ColumnWriter<T>)writer).WriteBatch(
                    (int)read, _levels.AsSpan(0, (int)read), default, _values.AsSpan(0, (int)values));
                rows -= read;
            }
        }

        public override void Dispose()
        {
            _reader?.Dispose();
            _rowGroup?.Dispose();
        }

        private void OpenNext()
        {
            Dispose();
            _rowGroup = file.RowGroup(_nextRowGroup++);
            _reader = (ColumnReader<T>)_rowGroup.Column(column);
        }
    }
}
