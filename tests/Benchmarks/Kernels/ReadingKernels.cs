using BenchmarkDotNet.Attributes;
using CloudTrailAggregation.Columns;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Benchmarks.Kernels;

/// <summary>From stored bytes to columns, step by step. Each time is for one event of about 1,600 bytes.</summary>
public class ReadingKernels
{
    private readonly byte[] _block = new byte[Chunk.TypicalBytes];
    private readonly EventReader _reader = new();
    private readonly ColumnBatch _batch = new();
    private readonly List<int> _duplicateRows = [];
    private Chunk[] _chunks = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _ = KernelMonth.Packed.Length + KernelMonth.Containers.Length;
        _chunks = await KernelMonth.ChunksAsync();
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach(_chunks, chunk => chunk.Dispose());

    /// <summary>Unpacks gzip and verifies its checksums.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public async Task<long> UnpackAsync()
    {
        await using var file = KernelMonth.Open(KernelMonth.Packed);
        long bytes = 0;
        while (true)
        {
            if (!file.TryRead(_block, out int read))
            {
                await file.RefillAsync(CancellationToken.None);
            }
            else if (read == 0)
            {
                return bytes;
            }

            bytes += read;
        }
    }

    /// <summary>Frames plain text: reads it into chunks and finds the records.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public Task<long> FrameAsync() => FrameAsync(KernelMonth.Text);

    /// <summary>Frames the same events in containers, which takes a step over all of their JSON.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public Task<long> FrameContainersAsync() => FrameAsync(KernelMonth.Containers);

    private static async Task<long> FrameAsync(byte[] text)
    {
        await using var file = KernelMonth.Open(text);
        using var chunk = new Chunk();
        var framing = new RecordFraming(file);
        long count = 0;
        while (await framing.FillAsync(chunk, CancellationToken.None))
        {
            count += chunk.Records.Count;
        }

        return count;
    }

    /// <summary>Hashes each record and looks it up.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public int FindDuplicates()
    {
        using var filter = new DuplicateFilter();
        _duplicateRows.Clear();
        foreach (var chunk in _chunks)
        {
            foreach (ref var record in chunk.Records.All)
            {
                record.Hash = filter.HashOf(record.Text);
                record.Outcome = RecordOutcome.Event;
            }

            filter.Mark(chunk.Records.All, day: 1, _duplicateRows);
        }

        return _duplicateRows.Count;
    }

    /// <summary>Validates each record and finds its members.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public unsafe int Scan()
    {
        int events = 0;
        foreach (var chunk in _chunks)
        {
            chunk.Arena.Clear();
            foreach (ref readonly var record in chunk.Records.All)
            {
                events += _reader.TryRead(record.Start, record.Start + record.Length, chunk.Arena) != null ? 1 : 0;
            }
        }

        return events;
    }

    /// <summary>Like <see cref="Scan"/>, and appends the values to the columns.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public unsafe int ScanIntoColumns()
    {
        int events = 0;
        foreach (var chunk in _chunks)
        {
            chunk.Arena.Clear();
            _batch.Clear();
            foreach (ref readonly var record in chunk.Records.All)
            {
                if (_reader.TryRead(record.Start, record.Start + record.Length, chunk.Arena) != null)
                {
                    _batch.Append(_reader.Fields, _reader.Present);
                }
            }

            events += _batch.Rows;
        }

        return events;
    }
}
