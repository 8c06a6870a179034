using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.SampleData;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Memory;

/// <summary>
/// Checks the limit that docs/performance.md states: memory grows with threads, with the lines of the busiest two days
/// and slightly with the row groups, but not with the month or the size of its events.
/// </summary>
[Trait("Category", TestRun.Full)]
public sealed class MemoryBoundTests : IDisposable
{
    private const long BaseBytes = 140L << 20;
    private const long BytesPerThread = 50L << 20;
    private const long BytesPerLine = 32;
    private const long BytesPerRowGroup = 32 << 10;
    private const long RowsPerRowGroup = 100_000;

    /// <summary>What a process may reserve beyond what it uses: stacks, spare room of the heaps.</summary>
    private const long ReservedBytes = 160L << 20;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_month_ten_times_larger_fits_the_same_limit(int threads)
    {
        TestRun.RequireFull();
        const int Events = 60_000;
        long limit = Bound(threads, busiestLines: Events, rowGroups: Events * 10 / RowsPerRowGroup);

        var small = await RunAsync("small", Events, threads, limit);
        var large = await RunAsync("large", Events * 10, threads, limit);

        Assert.Equal(Events, small.Events);
        Assert.Equal(Events * 10, large.Events);
        Assert.InRange(small.PeakBytes, 1, limit);
        Assert.InRange(large.PeakBytes, 1, limit);
    }

    [Theory]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_000, 2)]
    [InlineData(100_000, 1)]
    [InlineData(100_000, 2)]
    public async Task Large_events_need_no_more(int eventBytes, int threads)
    {
        TestRun.RequireFull();
        const int TotalBytes = 300_000_000;
        int events = TotalBytes / eventBytes;
        WriteLargeEvents(eventBytes, events);

        var run = await LimitedRun.OfAsync(
            _directory.Path, threads, Bound(threads, events, rowGroups: 10) + ReservedBytes);

        Assert.Equal(events, run.Events);
        Assert.InRange(run.PeakBytes, 1, Bound(threads, events, rowGroups: 10));
    }

    private static long Bound(int threads, long busiestLines, long rowGroups) =>
        BaseBytes + (BytesPerThread * threads) + (BytesPerLine * busiestLines) + (BytesPerRowGroup * rowGroups);

    private Task<LimitedRun> RunAsync(string name, int events, int threads, long limit)
    {
        new SampleMonth(new SampleArguments(new DateOnly(2024, 2, 1), events))
            .WriteTo(_directory[name], Environment.ProcessorCount);
        return LimitedRun.OfAsync(_directory[name], threads, limit + ReservedBytes);
    }

    /// <summary>
    /// Events whose text zstd can hardly compress, so that the buffered output is as large as possible.
    /// </summary>
    private void WriteLargeEvents(int eventBytes, int events)
    {
        const int Days = 20;
        var random = new Random(20240229);
        byte[] filler = new byte[eventBytes * 3 / 4];
        for (int day = 1; day <= Days; day++)
        {
            string folder = Directory.CreateDirectory(_directory[$"2024/02/{day:00}"]).FullName;
            using var file = new GZipStream(
                File.Create(Path.Combine(folder, "000000.ndjson.gz")), CompressionLevel.Fastest);
            for (int number = 0; number < events / Days; number++)
            {
                random.NextBytes(filler);
                file.Write(Encoding.ASCII.GetBytes(
                    $"{{\"eventTime\":\"2024-02-{day:00}T12:00:00Z\",\"eventID\":\"{Guid.NewGuid()}\","
                    + $"\"requestParameters\":{{\"content\":\"{Convert.ToBase64String(filler)}\"}}}}\n"));
            }
        }
    }
}
