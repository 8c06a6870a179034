using System.Buffers;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Columns;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using ParquetSharp;
using ParquetSharp.Schema;

namespace CloudTrailAggregation.Parquet;

/// <summary>How column chunks are compressed.</summary>
public enum Codec
{
    /// <summary>Zstandard, level 1: costs no more time than snappy and leaves 40 % less.</summary>
    Zstd,
    Snappy,
    Gzip,
    None,
}

/// <summary>Calls a body with each number below a count, in any order, on any threads, and returns when all are done.</summary>
/// <param name="count">How many numbers there are.</param>
/// <param name="body">To be called with each.</param>
public delegate void ParallelLoop(int count, Action<int> body);

/// <summary>
/// Writes column batches into one Parquet file: buffered row groups, encoded column by column.
/// The file is whole only after <see cref="Close"/>; disposing without it leaves bytes that must not be used.
/// </summary>
public sealed class ParquetSink : IDisposable
{
    /// <summary>A row group has at most this many rows: larger ones cost memory, smaller ones file size.</summary>
    public const int MaxRowGroupRows = 100_000;

    /// <summary>
    /// A row group is ended once its pages have this many bytes, so that large events cost no more memory than small
    /// ones. Counted before compression, because ParquetSharp does not tell what waiting pages have after it. 100,000
    /// typical events take a little less.
    /// </summary>
    public const long MaxRowGroupBytes = 48L << 20;

    /// <summary>Regions, names and error codes fit a dictionary of this many bytes; ParquetSharp drops a larger one.</summary>
    private const long DictionaryPageBytes = 4L << 20;

    private const int ZstdLevel = 1;

    /// <summary>
    /// The allocator of pages. Arrow's default, mimalloc, keeps what each thread once had: measured on a month of
    /// 1.5 GB, jemalloc peaks at 153 against 219 MiB with one thread and at 183 against 360 MiB with two, as fast.
    /// </summary>
    private static readonly MemoryPool PagePool = FindPagePool();

    private readonly ParquetOutput _output;
    private readonly ParquetFileWriter _writer;
    private readonly ParallelLoop _forEach;
    private readonly ColumnWriter[] _columns = new ColumnWriter[EventSchema.Columns.Length];
    private readonly int[] _largestFirst = [.. Enumerable.Range(0, EventSchema.Columns.Length)];
    private RowGroupWriter? _rowGroup;
    private int _rowGroupRows;

    /// <param name="output">Takes the file's bytes; not disposed.</param>
    /// <param name="codec">The compression of every column chunk.</param>
    /// <param name="forEach">Encodes columns beside one another; the file's bytes do not depend on it.</param>
    /// <param name="metadata">Key-value metadata of the file, read when it is closed.</param>
    public ParquetSink(Stream output, Codec codec, ParallelLoop forEach, IReadOnlyDictionary<string, string> metadata)
    {
        _forEach = forEach;
        _output = new ParquetOutput(output);
        using var schema = new GroupNode("schema", Repetition.Required, Array.ConvertAll(EventSchema.Columns, Node));
        using var properties = Properties(codec);
        _writer = Call(() => new ParquetFileWriter(_output, schema, properties, metadata, leaveOpen: true));
    }

    /// <summary>Rows in the file so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes handed to the output so far.</summary>
    public long BytesWritten => _output.Position;

    /// <summary>Adds rows of a batch; its memory is free again afterwards.</summary>
    /// <exception cref="AggregationException">The output failed; its own failure is the cause.</exception>
    public void Append(ColumnBatch batch, int firstRow, int rows)
    {
        Call(() =>
        {
            while (rows > 0)
            {
                OpenRowGroup();
                int fitting = Math.Min(rows, MaxRowGroupRows - _rowGroupRows);
                Encode(batch, firstRow, fitting);
                firstRow += fitting;
                rows -= fitting;
                CloseRowGroupIfFull();
            }
        });
    }

    /// <summary>Ends the file with its footer.</summary>
    /// <exception cref="AggregationException">The output failed; its own failure is the cause.</exception>
    public void Close() => Call(() =>
    {
        CloseRowGroup();
        _writer.Close();
    });

    public void Dispose()
    {
        // Without Close it would write a footer now, and an aborted file would look whole.
        _output.Discard = true;
        _rowGroup?.Dispose();
        _writer.Dispose();
        _output.Dispose();
    }

    private static MemoryPool FindPagePool()
    {
        try
        {
            return MemoryPool.JemallocMemoryPool();
        }
        catch (ParquetException)
        {
            // Not part of the library on every platform.
            return MemoryPool.GetDefaultMemoryPool();
        }
    }

    private static PrimitiveNode Node(EventColumn column)
    {
        var (type, physical) = column.Kind switch
        {
            ColumnKind.Timestamp => (LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Millis), PhysicalType.Int64),
            ColumnKind.Boolean => (LogicalType.None(), PhysicalType.Boolean),
            _ => (LogicalType.String(), PhysicalType.ByteArray),
        };
        using (type)
        {
            return new PrimitiveNode(column.Name, Repetition.Optional, type, physical);
        }
    }

    private static WriterProperties Properties(Codec codec)
    {
        using var properties = new WriterPropertiesBuilder();
        properties.MemoryPool(PagePool).DictionaryPagesizeLimit(DictionaryPageBytes).DisableDictionary();
        foreach (var column in EventSchema.Columns)
        {
            if (column.Repeats)
            {
                properties.EnableDictionary(column.Name);
            }

            // Smallest and largest JSON text and random id prune nothing. The page index then tells where pages are, alone.
            if (column.Kind == ColumnKind.Json || (column.Kind == ColumnKind.Text && !column.Repeats))
            {
                properties.DisableStatistics(column.Name);
            }
        }

        // A level is refused with codecs that have none.
        return codec switch
        {
            Codec.Zstd => properties.Compression(Compression.Zstd).CompressionLevel(ZstdLevel).Build(),
            Codec.Snappy => properties.Compression(Compression.Snappy).Build(),
            Codec.Gzip => properties.Compression(Compression.Gzip).Build(),
            _ => properties.Compression(Compression.Uncompressed).Build(),
        };
    }

    private void OpenRowGroup()
    {
        if (_rowGroup is not null)
        {
            return;
        }

        _rowGroup = _writer.AppendBufferedRowGroup();
        for (int column = 0; column < _columns.Length; column++)
        {
            _columns[column] = _rowGroup.Column(column);
        }
    }

    /// <summary>Column by column, the largest first: what is left at the end is then small.</summary>
    private void Encode(ColumnBatch batch, int firstRow, int rows)
    {
        Array.Sort(_largestFirst, (left, right) => batch.TextBytes(right).CompareTo(batch.TextBytes(left)));
        _forEach(_columns.Length, at => EncodeColumn(batch, _largestFirst[at], firstRow, rows));
        _rowGroupRows += rows;
        Rows += rows;
    }

    private void EncodeColumn(ColumnBatch batch, int column, int firstRow, int rows)
    {
        short[] levels = ArrayPool<short>.Shared.Rent(rows);
        batch.WriteDefinitionLevels(column, firstRow, levels.AsSpan(0, rows));
        Encode(batch, column, firstRow, levels.AsSpan(0, rows));
        ArrayPool<short>.Shared.Return(levels);
    }

    private void Encode(ColumnBatch batch, int column, int firstRow, ReadOnlySpan<short> levels)
    {
        var values = batch.ValuesOf(column, firstRow, levels.Length);
        switch (_columns[column])
        {
            case ColumnWriter<ByteArray> texts:
                texts.WriteBatch(levels.Length, levels, default, MemoryMarshal.Cast<TextValue, ByteArray>(batch.TextValues(column, values)));
                break;
            case ColumnWriter<bool> booleans:
                booleans.WriteBatch(levels.Length, levels, default, batch.BooleanValues(column, values));
                break;
            case ColumnWriter<long> times:
                times.WriteBatch(levels.Length, levels, default, batch.TimeValues(values));
                break;
        }
    }

    private void CloseRowGroupIfFull()
    {
        // The pages of a column with a dictionary wait for it; those of another count as written, and wait as well.
        if (_rowGroupRows >= MaxRowGroupRows || _rowGroup!.TotalCompressedBytes + _rowGroup.TotalBytesWritten >= MaxRowGroupBytes)
        {
            CloseRowGroup();
        }
    }

    private void CloseRowGroup()
    {
        _rowGroup?.Close();
        _rowGroup?.Dispose();
        _rowGroup = null;
        _rowGroupRows = 0;
    }

    private void Call(Action write) => Call(() =>
    {
        write();
        return true;
    });

    private T Call<T>(Func<T> write) =>
        ParquetCall.Run(
            _output.Failure,
            write,
            cause => new AggregationException($"the Parquet file could not be written: {cause.Message}", cause));
}
