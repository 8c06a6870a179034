using BenchmarkDotNet.Attributes;
using CloudTrailAggregation.Columns;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Benchmarks.Kernels;

/// <summary>
/// From columns to Parquet bytes: all columns, or one column while the rest are NULL. "none" is the cost of the NULLs.
/// Each time is for one event.
/// </summary>
public class EncodingKernels
{
    private const string All = "all";
    private const string None = "none";

    private readonly List<ColumnBatch> _batches = [];
    private Chunk[] _chunks = [];

    [ParamsSource(nameof(Columns))]
    public string Column { get; set; } = All;

    public static IEnumerable<string> Columns => [All, None, .. EventSchema.Columns.Select(column => column.Name)];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _chunks = await KernelMonth.ChunksAsync();
        var reader = new EventReader();
        int column = Array.FindIndex(EventSchema.Columns, column => column.Name == Column);
        ulong wanted = Column == All ? ulong.MaxValue : Column == None ? 0 : 1UL << column;
        foreach (var chunk in _chunks)
        {
            var batch = new ColumnBatch();
            Fill(batch, reader, chunk, wanted);
            _batches.Add(batch);
        }
    }

    private static unsafe void Fill(ColumnBatch batch, EventReader reader, Chunk chunk, ulong wanted)
    {
        foreach (ref readonly var record in chunk.Records.All)
        {
            if (reader.TryRead(record.Start, record.Start + record.Length, chunk.Arena) != null)
            {
                batch.Append(reader.Fields, reader.Present & wanted);
            }
        }
    }

    private static void InTurn(int count, Action<int> body)
    {
        for (int number = 0; number < count; number++)
        {
            body(number);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach(_chunks, chunk => chunk.Dispose());

    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public long Encode()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        using var sink = new ParquetSink(Stream.Null, Codec.Zstd, InTurn, metadata);
        foreach (var batch in _batches)
        {
            sink.Append(batch, 0, batch.Rows);
            sink.Encode();
        }

        sink.Close();
        return sink.BytesWritten;
    }
}
