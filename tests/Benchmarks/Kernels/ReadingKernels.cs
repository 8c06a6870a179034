using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using CloudTrailAggregation.Aggregation;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Benchmarks.Kernels;

/// <summary>From stored bytes to columns, step by step; times are for one event of about 1,600 bytes.</summary>
public class ReadingKernels
{
    private readonly byte[] _block = new byte[Chunk.UsualBytes];
    private readonly EventReader _reader = new();
    private readonly ColumnBatch _batch = new();
    private readonly List<BatchLine> _lines = [];
    private Chunk[] _chunks = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _ = KernelMonth.Packed.Length;
        _chunks = await KernelMonth.ChunksAsync();
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach(_chunks, chunk => chunk.Dispose());

    /// <summary>gunzip, its checks included.</summary>
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

    /// <summary>Framing: plain text into chunks, chunks into lines.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public async Task<long> FrameAsync()
    {
        await using var file = KernelMonth.Open(KernelMonth.Text);
        using var chunk = new Chunk();
        var lines = new LineReader(file);
        long count = 0;
        while (await lines.FillAsync(chunk, CancellationToken.None))
        {
            count += CountLines(chunk);
        }

        return count;
    }

    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public int FindDuplicates()
    {
        using var filter = new DuplicateFilter();
        int duplicates = 0;
        foreach (var chunk in _chunks)
        {
            _lines.Clear();
            foreach (var line in chunk.Lines)
            {
                _lines.Add(new BatchLine { Length = line.Length, Hash = filter.HashOf(line.Text) });
            }

            var lines = CollectionsMarshal.AsSpan(_lines);
            filter.Mark(lines, day: 1);
            foreach (ref readonly var line in lines)
            {
                duplicates += line.Outcome == LineOutcome.Duplicate ? 1 : 0;
            }
        }

        return duplicates;
    }

    /// <summary>Validates each line and finds its members.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public int Scan()
    {
        int events = 0;
        foreach (var chunk in _chunks)
        {
            chunk.Arena.Clear();
            foreach (var line in chunk.Lines)
            {
                events += _reader.TryRead(line, chunk.Arena) ? 1 : 0;
            }
        }

        return events;
    }

    /// <summary>The same, and gathers the values by column.</summary>
    [Benchmark(OperationsPerInvoke = KernelMonth.Events)]
    public int ScanIntoColumns()
    {
        int events = 0;
        foreach (var chunk in _chunks)
        {
            chunk.Arena.Clear();
            _batch.Clear();
            foreach (var line in chunk.Lines)
            {
                if (_reader.TryRead(line, chunk.Arena))
                {
                    _batch.Append(_reader.Fields, _reader.Present);
                }
            }

            events += _batch.Rows;
        }

        return events;
    }

    private static int CountLines(Chunk chunk)
    {
        int count = 0;
        foreach (var _ in chunk.Lines)
        {
            count++;
        }

        return count;
    }
}
