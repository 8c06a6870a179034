using System.Collections.Concurrent;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Write;

/// <summary>A unit's files, staged: written, not visible. Disposing it removes what was not completed.</summary>
internal sealed class StagedUnit : IAsyncDisposable
{
    private readonly RunPlan _plan;
    private readonly IObjectStore _source;
    private readonly RunOptions _options;
    private readonly Pipeline _pipeline;
    private readonly DuplicateFilter? _duplicates;

    /// <param name="plan">What is read.</param>
    /// <param name="source">Where from.</param>
    /// <param name="destination">Where the files are staged.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of each source that is read to its end.</param>
    /// <param name="cancellation">Ends a write that waits.</param>
    public StagedUnit(
        RunPlan plan, IObjectStore source, IObjectStore destination, RunOptions options, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        (_plan, _source, _options) = (plan, source, options);
        _pipeline = new Pipeline(options.Threads);
        _duplicates = options.Deduplicate ? new DuplicateFilter() : null;
        Rejects = new RejectFile(destination, plan.Unit, cancellation);
        Files = new OutputFiles(destination, plan, options, _pipeline.ForEach, cancellation);
        Ledger = new Ledger(plan.Sources, _duplicates, Rejects, progress);
    }

    /// <summary>The records that are not events.</summary>
    public RejectFile Rejects { get; }

    /// <summary>The Parquet files.</summary>
    public OutputFiles Files { get; }

    /// <summary>What became of each record.</summary>
    public Ledger Ledger { get; }

    /// <summary>How many of each.</summary>
    public RecordCounts Counts => Ledger.Counts;

    /// <summary>Every staged object, in the order in which they are completed: rejects first, so that a record is never missing in both.</summary>
    public IEnumerable<IStagedObject> Objects => Files.Closed.Select(file => file.Staged).Prepend(Rejects.Staged).OfType<IStagedObject>();

    /// <summary>Reads every source and writes every file to its end.</summary>
    /// <exception cref="AggregationException">A source cannot be read whole, there are too many rejects, or a file cannot be written.</exception>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        await using var prefetch = new Prefetch(_source, _plan.Sources.Objects, cancellation);
        var readers = new ConcurrentBag<EventReader>();
        var steps = new Steps(
            Create: () => new EventBatch(_plan.Unit.Month),
            Open: source => prefetch.OpenAsync(source.Place),
            Read: batch =>
            {
                // A reader keeps the memory of its largest event, so there is one for each thread, not for each batch.
                var reader = readers.TryTake(out var free) ? free : new EventReader();
                batch.Read(reader, _duplicates);
                readers.Add(reader);
            },
            Write: batch =>
            {
                Ledger.Enter(batch);
                Files.Append(batch);
            });
        await _pipeline.RunAsync(_plan.Sources, steps, cancellation);
        Files.Close();
        Rejects.Close();
        Ledger.CheckWhole();
        Counts.Check(Files.Rows);
        new RejectLimit(_options.MaxRejectedPercent).Check(_source.UriOf(_plan.Unit.Prefix), Counts, Rejects);
    }

    public async ValueTask DisposeAsync()
    {
        _duplicates?.Dispose();
        await Files.DisposeAsync();
        await Rejects.DisposeAsync();
    }
}
