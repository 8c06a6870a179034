using System.Collections.Concurrent;
using System.Diagnostics;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Benchmarks.Profile;

/// <summary>
/// Writes a month within this process, with the steps of <see cref="StagedUnit"/>, each with a clock. Nothing is
/// committed.
/// </summary>
internal sealed class ProfiledRun
{
    private readonly Pipeline _pipeline;
    private readonly bool _isInTurn;
    private readonly ParallelTime _reading = new();
    private readonly ParallelTime _entering = new();
    private long _enteringOfWriter;
    private long _encoding;
    private long _encodingOfWriter;
    private long _longestColumns;
    private long _writing;
    private int _writer;

    private ProfiledRun(int threads) => (_pipeline, _isInTurn) = (new Pipeline(threads), threads == 1);

    private bool IsOnWriter => _isInTurn || Environment.CurrentManagedThreadId == _writer;

    public static async Task<StepTimes> OfAsync(SourceMonth month, string output, int threads)
    {
        var run = new ProfiledRun(threads);
        var wall = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        await run.WriteAsync(month, output, threads);
        var all = Environment.CpuUsage.TotalTime - before;
        return new StepTimes(
            wall.Elapsed, all, run._reading.Total, run._entering.Total, Time(run._enteringOfWriter),
            Time(run._encoding), Time(run._longestColumns), Time(run._writing - run._encodingOfWriter));
    }

    private async Task WriteAsync(SourceMonth month, string output, int threads)
    {
        var (source, destination) = (new DirectoryStore(month.Source), new DirectoryStore(output));
        var options = new RunOptions { Threads = threads };
        _ = Month.TryParse(month.Name, out var parsed);
        var plan = await RunPlan.MakeAsync(
            new Unit(parsed), source, destination, options, listed: null, isOfMonth: false,
            DateTimeOffset.UtcNow, CancellationToken.None);
        using var duplicates = new DuplicateFilter();
        await using var rejects = new RejectFile(destination, plan.Unit, CancellationToken.None);
        await using var files = new OutputFiles(destination, plan, options, Encode, CancellationToken.None);
        await using var prefetch = new Prefetch(
            source, plan.Sources.Count, place => plan.Sources.Objects[place], CancellationToken.None);
        var ledger = new Ledger(plan.Sources, duplicates, rejects, progress: null);
        var readers = new ConcurrentBag<EventReader>();
        var steps = new Steps(
            Create: () => new EventBatch(plan.Unit),
            Open: opened => prefetch.OpenAsync(opened.Place),
            OpenAgain: null,
            Read: batch => _reading.Add(Timed(() =>
            {
                var reader = readers.TryTake(out var free) ? free : new EventReader();
                batch.Read(reader, duplicates);
                readers.Add(reader);
            })),
            Enter: batch =>
            {
                long took = Timed(() => ledger.Enter(batch));
                _entering.Add(took);
                _enteringOfWriter += IsOnWriter ? took : 0;
            },
            Write: batches =>
            {
                _writer = Environment.CurrentManagedThreadId;
                _writing += Timed(() => files.Append(batches));
            });
        await _pipeline.RunAsync(plan.Sources, steps, CancellationToken.None);
        rejects.Close();
        _writer = Environment.CurrentManagedThreadId;
        _writing += Timed(() => files.Close(withoutRows: false, rejects.Bytes));
    }

    private void Encode(int columns, Action<int> body)
    {
        long[] took = new long[columns];
        _pipeline.ForEach(columns, column =>
        {
            took[column] = Timed(() => body(column));
            if (IsOnWriter)
            {
                _encodingOfWriter += took[column];
            }
        });
        _encoding += took.Sum();
        _longestColumns += took.Max();
    }

    private static long Timed(Action step)
    {
        long before = ThreadTime.Nanoseconds;
        step();
        return ThreadTime.Nanoseconds - before;
    }

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>A sum of times that several threads add to.</summary>
    private sealed class ParallelTime
    {
        private long _nanoseconds;

        public TimeSpan Total => Time(Interlocked.Read(ref _nanoseconds));

        public void Add(long nanoseconds) => Interlocked.Add(ref _nanoseconds, nanoseconds);
    }
}
