using System.Buffers;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Columns;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using ParquetSharp;
using ParquetSharp.Schema;

namespace CloudTrailAggregation.Parquet;

/// <summary>The compression of column chunks.</summary>
public enum Codec
{
    /// <summary>Zstandard, level 1, the default: as fast as snappy with 40 % less output.</summary>
    Zstd,

    /// <summary>Snappy.</summary>
    Snappy,

    /// <summary>Gzip.</summary>
    Gzip,

    /// <summary>No compression.</summary>
    None,
}

/// <summary>
/// Calls a body once with each number below a count, in any order and on any threads, and returns after the last call.
/// </summary>
/// <param name="count">The number of calls.</param>
/// <param name="body">The body.</param>
public delegate void ParallelLoop(int count, Action<int> body);

/// <summary>
/// Writes column batches to one Parquet file: buffered row groups, encoded column by column.
/// The file is complete only after <see cref="Close"/>; without it the bytes written are no Parquet file.
/// </summary>
internal sealed class ParquetSink : IDisposable
{
    /// <summary>
    /// The maximum number of rows in a row group: a larger row group needs more memory, a smaller one a larger file.
    /// </summary>
    public const int MaxRowGroupRows = 100_000;

    /// <summary>
    /// A row group ends when its pages are found to have this many bytes, so that large events need no more memory than
    /// small ones. The limit applies before compression, because ParquetSharp does not report the compressed size of
    /// pending pages. 100,000 typical events have slightly fewer bytes.
    /// </summary>
    public const long MaxRowGroupBytes = 48L << 20;

    /// <summary>
    /// The texts after which the bytes of a row group's pages are looked at. Rows in between may be encoded together,
    /// and which are does not change the file.
    /// </summary>
    private const long TextBytesBetweenLooks = 4L << 20;

    /// <summary>
    /// The maximum size of a dictionary, enough for regions, names and error codes; ParquetSharp drops a larger one.
    /// </summary>
    private const long DictionaryPageBytes = 4L << 20;

    private const int ZstdLevel = 1;

    /// <summary>
    /// The allocator of pages: jemalloc, because Arrow's default, mimalloc, keeps what each thread once used. Measured
    /// on a month of 1.5 GB: the peak is 153 instead of 219 MiB with one thread and 183 instead of 360 MiB with two, at
    /// the same speed.
    /// </summary>
    private static readonly MemoryPool PagePool = FindPagePool();

    private readonly ParquetOutput _output;
    private readonly ParquetFileWriter _writer;
    private readonly ParallelLoop _forEach;
    private readonly ColumnWriter[] _columns = new ColumnWriter[EventSchema.Columns.Length];
    private readonly int[] _largestFirst = [.. Enumerable.Range(0, EventSchema.Columns.Length)];
    private readonly List<BatchRows> _pending = [];
    private RowGroupWriter? _rowGroup;
    private int _rowGroupRows;
    private long _textBytesSinceLook;

    /// <param name="output">The stream that gets the file's bytes; the sink does not dispose it.</param>
    /// <param name="codec">The compression of every column chunk.</param>
    /// <param name="forEach">Runs the encoding of columns; the file's bytes do not depend on its order or
    /// threads.</param>
    /// <param name="metadata">Key-value metadata of the file; the sink reads it in <see cref="Close"/>.</param>
    public ParquetSink(Stream output, Codec codec, ParallelLoop forEach, IReadOnlyDictionary<string, string> metadata)
    {
        _forEach = forEach;
        _output = new ParquetOutput(output);
        using var schema = new GroupNode("schema", Repetition.Required, Array.ConvertAll(EventSchema.Columns, Node));
        using var properties = Properties(codec);
        _writer = Call(() => new ParquetFileWriter(_output, schema, properties, metadata, leaveOpen: true));
    }

    /// <summary>The number of rows in the file so far.</summary>
    public long Rows { get; private set; }

    /// <summary>The number of bytes written to the output so far.</summary>
    public long BytesWritten => _output.Position;

    /// <summary>Adds rows of a batch, which must stay as it is until <see cref="Encode"/> returns.</summary>
    /// <exception cref="AggregationException">The output failed; its first failure is thrown or is the
    /// cause.</exception>
    public void Append(ColumnBatch batch, int firstRow, int rows) => Call(() =>
    {
        while (rows > 0)
        {
            OpenRowGroup();
            int fitting = Math.Min(rows, MaxRowGroupRows - _rowGroupRows);
            _pending.Add(new BatchRows(batch, firstRow, fitting));
            firstRow += fitting;
            rows -= fitting;
            _rowGroupRows += fitting;
            Rows += fitting;
            _textBytesSinceLook += batch.TextBytes();
            CloseRowGroupIfFull();
        }
    });

    /// <summary>Encodes the rows added so far; the sink then keeps no reference to their batches.</summary>
    /// <exception cref="AggregationException">The output failed; its first failure is thrown or is the
    /// cause.</exception>
    public void Encode() => Call(EncodePending);

    /// <summary>Ends the file with its footer.</summary>
    /// <exception cref="AggregationException">The output failed; its first failure is thrown or is the
    /// cause.</exception>
    public void Close() => Call(() =>
    {
        EncodePending();
        CloseRowGroup();
        _writer.Close();
    });

    /// <summary>Releases the file's memory, and aborts a file that is not closed.</summary>
    public void Dispose()
    {
        // ParquetSharp writes a footer when a file is disposed without Close, and an aborted file would look complete.
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
            // The library does not contain jemalloc on every platform.
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

            // Minima and maxima of JSON texts and random ids prune nothing, and neither do those of who made a call, in
            // the order of time. The page index then has only the pages' places.
            if (column.Kind == ColumnKind.Json || column.IsDerived
                || (column.Kind == ColumnKind.Text && !column.Repeats))
            {
                properties.DisableStatistics(column.Name);
            }
        }

        // ParquetSharp refuses a level for a codec without levels.
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

    /// <summary>Encodes column by column, the largest first, so that the last tasks are short.</summary>
    private void EncodePending()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        Array.Sort(_largestFirst, (left, right) => PendingTextBytes(right).CompareTo(PendingTextBytes(left)));
        _forEach(_columns.Length, at => EncodeColumn(_largestFirst[at]));
        _pending.Clear();
    }

    private long PendingTextBytes(int column)
    {
        long bytes = 0;
        foreach (var rows in _pending)
        {
            bytes += rows.Batch.TextBytes(column);
        }

        return bytes;
    }

    private void EncodeColumn(int column)
    {
        foreach (var rows in _pending)
        {
            short[] rented = ArrayPool<short>.Shared.Rent(rows.Count);
            var levels = rented.AsSpan(0, rows.Count);
            rows.Batch.WriteDefinitionLevels(column, rows.First, levels);
            EncodeValues(rows.Batch, column, rows.First, levels);
            ArrayPool<short>.Shared.Return(rented);
        }
    }

    private void EncodeValues(ColumnBatch batch, int column, int firstRow, ReadOnlySpan<short> levels)
    {
        var values = batch.ValuesOf(column, firstRow, levels.Length);
        switch (_columns[column])
        {
            case ColumnWriter<ByteArray> texts:
                var bytes = MemoryMarshal.Cast<TextValue, ByteArray>(batch.TextValues(column, values));
                texts.WriteBatch(levels.Length, levels, default, bytes);
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
        if (_rowGroupRows < MaxRowGroupRows && _textBytesSinceLook < TextBytesBetweenLooks)
        {
            return;
        }

        EncodePending();
        _textBytesSinceLook = 0;

        // Pages of a column with a dictionary are pending until the dictionary is written. Those of all further columns
        // count as written, although they are pending too.
        if (_rowGroupRows >= MaxRowGroupRows
            || _rowGroup!.TotalCompressedBytes + _rowGroup.TotalBytesWritten >= MaxRowGroupBytes)
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

    /// <summary>Rows of a batch.</summary>
    private readonly record struct BatchRows(ColumnBatch Batch, int First, int Count);
}
