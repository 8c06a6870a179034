using System.Collections.Concurrent;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Write;

/// <summary>
/// A unit's files, staged: written, not visible. Disposing it aborts the files that were not completed.
/// </summary>
internal sealed class StagedUnit : IAsyncDisposable
{
    private readonly RunPlan _plan;
    private readonly IObjectStore _source;
    private readonly RunOptions _options;
    private readonly Pipeline _pipeline;
    private readonly DuplicateFilter? _duplicates;

    /// <param name="plan">The plan of the run.</param>
    /// <param name="source">The store to read.</param>
    /// <param name="destination">The store that takes the staged files.</param>
    /// <param name="options">The settings of the run.</param>
    /// <param name="progress">Receives a report after each source that was read to its end; null for none.</param>
    /// <param name="cancellation">Ends a write that waits for the store.</param>
    public StagedUnit(
        RunPlan plan,
        IObjectStore source,
        IObjectStore destination,
        RunOptions options,
        IProgress<RunProgress>? progress,
        CancellationToken cancellation)
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

    /// <summary>The number of records of each outcome.</summary>
    public RecordCounts Counts => Ledger.Counts;

    /// <summary>
    /// Every staged object in the order of completion: rejects first, so that at no moment a record is missing both
    /// there and in the Parquet files.
    /// </summary>
    public IEnumerable<IStagedObject> Objects =>
        Files.Closed.Select(file => file.Staged).Prepend(Rejects.Staged).OfType<IStagedObject>();

    /// <summary>Reads every source and writes every file to its end.</summary>
    /// <exception cref="AggregationException">
    /// A source cannot be read to its end, there are too many rejects, or a file cannot be written.
    /// </exception>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        bool skipsDamage = _options.DamagedObjects == DamagedObjects.Skip;
        await using var prefetch = new Prefetch(
            _source, _plan.Sources.Count, place => _plan.Sources.Objects[place], cancellation)
        {
            IsReadTwice = skipsDamage,
        };
        var readers = new ConcurrentBag<EventReader>();
        var steps = new Steps(
            Create: () => new EventBatch(_plan.Unit),
            Open: source => prefetch.OpenAsync(source.Place),
            OpenAgain: skipsDamage
                ? source => _source.OpenAsync(source.Stored, cancellation)
                : null,
            Read: batch =>
            {
                // A reader keeps the memory of its largest event, so there is one reader for each thread, not for each
                // batch.
                var reader = readers.TryTake(out var free) ? free : new EventReader();
                batch.Read(reader, _duplicates);
                readers.Add(reader);
            },
            Ledger.Enter,
            Files.Append);
        await _pipeline.RunAsync(_plan.Sources, steps, cancellation);
        Rejects.Close();
        Files.Close(_plan.IsCommittedEmpty, Rejects.Bytes);
        Ledger.CheckAllSourcesEnded();
        Counts.Check(Files.Rows);
        new RejectLimit(_options.MaxRejectedPercent).Check(_plan.Sources.Where, Counts, Rejects);
    }

    public async ValueTask DisposeAsync()
    {
        _duplicates?.Dispose();
        await Files.DisposeAsync();
        await Rejects.DisposeAsync();
    }
}
