using System.Text.Json.Serialization;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Commit;

/// <summary>What a run did with one month. The function returns and logs it as JSON; the terminal prints it.</summary>
public sealed record RunReport
{
    /// <summary>The month as <c>YYYY-MM</c>.</summary>
    public required string Month { get; init; }

    /// <summary>How the run ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>
    /// Why there was nothing to read, and which folders exist instead. Null unless the month is empty.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>What a run would read, write and remove. Null unless the status is planned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlannedRun? Planned { get; init; }

    /// <summary>Of a month in days, what became of each day that was run. Null in any other case.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DayReport>? Days { get; init; }

    /// <summary>
    /// Of a month in days, those that were not run because the time was short; the next run goes on there. Null in any
    /// other case.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DateOnly>? RemainingDays { get; init; }

    /// <summary>The layout of the source: daily or trail.</summary>
    public required SourceLayout Layout { get; init; }

    /// <summary>Of a trail, the accounts read, with the first 20 ids; null in the daily layout.</summary>
    public NamedItems? Accounts { get; init; }

    /// <summary>Of a trail, the regions read, with the first 20 names; null in the daily layout.</summary>
    public NamedItems? Regions { get; init; }

    /// <summary>
    /// Of a trail, the accounts' regions whose last object is older than the last day read, and the chosen accounts and
    /// regions without an object: the first five as <c>111122223333/us-east-1</c>. Null in the daily layout.
    /// </summary>
    public NamedItems? QuietRegions { get; init; }

    /// <summary>
    /// Of a trail, the month's days that were not read yet, because they had not ended at least one hour before the run
    /// started. In JSON <c>["2024-02-14"]</c>.
    /// </summary>
    public IReadOnlyList<DateOnly> OpenDays { get; init; } = [];

    /// <summary>The number of source objects.</summary>
    public required int SourceFiles { get; init; }

    /// <summary>The bytes of the source objects as stored, gzipped or not.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>The number of objects of 0 bytes, which were skipped.</summary>
    public long EmptyObjects { get; init; }

    /// <summary>The number of keys in the month's folders that are not sources, with the first five.</summary>
    public required IgnoredKeys IgnoredKeys { get; init; }

    /// <summary>
    /// Days without an object between the first day that has one and the last day due: the last day of a month in the
    /// past, yesterday (UTC) in the running month. In JSON <c>["2024-02-14"]</c>. Empty where the month has no object.
    /// </summary>
    public IReadOnlyList<DateOnly> MissingDays { get; init; } = [];

    /// <summary>
    /// The records read: events + duplicates + rejects. Keeps its JSON name for readers of older reports.
    /// </summary>
    public long Lines { get; init; }

    /// <summary>Records that became a row.</summary>
    public long Events { get; init; }

    /// <summary>Exact copies of an earlier record, which were dropped.</summary>
    public long Duplicates { get; init; }

    /// <summary>Records that are not events; the reject file keeps them verbatim.</summary>
    public long Rejects { get; init; }

    /// <summary>
    /// The rejects beyond those of the files that existed before: 0 where a rerun finds those of the run before it. All
    /// are new where the run may replace any files, because it does not read those.
    /// </summary>
    public long NewRejects { get; init; }

    /// <summary>
    /// Events whose eventTime is in another month: a month owns the events delivered in it. Null where there are none.
    /// </summary>
    public OutsideMonth? OutsideMonth { get; init; }

    /// <summary>Events without a readable eventTime; their event_time is NULL.</summary>
    public long EventsWithoutTime { get; init; }

    /// <summary>The Parquet files written, in the order of their rows.</summary>
    public IReadOnlyList<OutputFile> Outputs { get; init; } = [];

    /// <summary>The bytes of the Parquet files together.</summary>
    public long OutputBytes { get; init; }

    /// <summary>
    /// Objects that hold records but neither an event nor a duplicate, such as another service's log.
    /// </summary>
    public NamedObjects ObjectsWithoutEvents { get; init; } = new(0, []);

    /// <summary>
    /// Objects that cannot be unpacked or framed and were skipped: nothing of them is in the month's files.
    /// </summary>
    public NamedObjects DamagedObjects { get; init; } = new(0, []);

    /// <summary>Likewise, the damaged objects beyond those of the files that existed before.</summary>
    public long NewDamagedObjects { get; init; }

    /// <summary>The URI of the reject file; null where there are no rejects.</summary>
    public string? RejectFile { get; init; }

    /// <summary>The URIs of the deleted files of an earlier run.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>
    /// How long a reader could see files of two runs, in milliseconds; null where one file replaced one or none.
    /// </summary>
    public long? MixedMilliseconds { get; init; }

    /// <summary>
    /// Requests to S3 that were sent again because it was busy, did not answer, or its answer broke off. 0 in
    /// directories.
    /// </summary>
    public long Retries { get; init; }

    /// <summary>
    /// The requests to S3 without those sent again; those that a run would send where the status is planned. Null in
    /// directories.
    /// </summary>
    public RequestCounts? Requests { get; init; }

    /// <summary>
    /// How often the run started again with a new plan, because a source came, went or changed: 0 to 2.
    /// </summary>
    public int PlannedAgain { get; init; }

    /// <summary>The duration of the run in milliseconds.</summary>
    public long DurationMilliseconds { get; init; }

    /// <summary>
    /// Events divided by the duration: what this source and this machine make of a second. 0 where no source was read.
    /// </summary>
    public long EventsPerSecond => Status is RunStatus.Written or RunStatus.WrittenByAnotherRun
        ? Events * 1_000 / Math.Max(DurationMilliseconds, 1)
        : 0;

    /// <summary>Reports what a plan reads. The rest is for the caller to add.</summary>
    internal static RunReport OfPlan(RunPlan plan) => OfSources(plan.Sources);

    /// <summary>Reports what was listed. The rest is for the caller to add.</summary>
    internal static RunReport OfSources(SourceListing sources)
    {
        return new RunReport
        {
            Month = sources.Unit.ToString(),
            Status = RunStatus.Planned,
            Layout = sources.Selection.Layout,
            Accounts = sources.Trail?.Accounts,
            Regions = sources.Trail?.Regions,
            QuietRegions = sources.Trail?.Quiet,
            OpenDays = sources.OpenDays,
            SourceFiles = sources.Count - sources.OfDayBefore,
            SourceBytes = sources.Bytes - sources.BytesOfDayBefore,
            EmptyObjects = sources.EmptyObjects,
            IgnoredKeys = sources.Ignored,
            MissingDays = sources.MissingDays,
        };
    }

    /// <summary>
    /// Reports what a run read, wrote and removed. Reason, requests, new plans and duration are for the caller to add.
    /// </summary>
    internal static RunReport Of(RunPlan plan, StagedUnit staged, RunCommit commit, IObjectStore destination)
    {
        var counts = staged.Counts;
        var damaged = staged.Ledger.DamagedObjects;
        return OfPlan(plan) with
        {
            Status = counts.Records == 0 && !plan.IsCommittedEmpty ? RunStatus.Empty
                : commit.IsByAnotherRun ? RunStatus.WrittenByAnotherRun
                : RunStatus.Written,
            Lines = counts.Records,
            Events = counts.Events,
            Duplicates = counts.Duplicates,
            Rejects = counts.Rejects,
            NewRejects = Math.Max(0, counts.Rejects - (plan.Existing?.Rejects ?? 0)),
            OutsideMonth = counts.OutsideMonth == 0 ? null : new OutsideMonth(
                counts.OutsideMonth,
                DateTimeOffset.FromUnixTimeMilliseconds(counts.Earliest!.Value),
                DateTimeOffset.FromUnixTimeMilliseconds(counts.Latest!.Value)),
            EventsWithoutTime = counts.WithoutTime,
            Outputs =
            [
                .. staged.Files.Closed.Select(file =>
                    new OutputFile(destination.UriOf(file.Staged.Key), file.Rows, file.Bytes)),
            ],
            OutputBytes = staged.Files.Closed.Sum(file => file.Bytes),
            ObjectsWithoutEvents = staged.Ledger.ObjectsWithoutEvents,
            DamagedObjects = damaged,
            NewDamagedObjects = Math.Max(0, damaged.Count - (plan.Existing?.DamagedObjects ?? 0)),
            RejectFile = staged.Rejects.Staged is { } rejects ? destination.UriOf(rejects.Key) : null,
            Removed = commit.Removed,
            MixedMilliseconds = (long?)commit.Mixed?.TotalMilliseconds,
        };
    }

    /// <summary>
    /// Reports files that already are what the run would write. The counts are those that the files keep. What only
    /// reading the sources tells is left out: events outside of the month or without a time, objects without events.
    /// </summary>
    internal static RunReport OfUnchanged(RunPlan plan, IObjectStore destination)
    {
        var existing = plan.Existing!;
        return OfPlan(plan) with
        {
            Status = RunStatus.Unchanged,
            Lines = existing.Events + existing.Duplicates + existing.Rejects,
            Events = existing.Events,
            Duplicates = existing.Duplicates,
            Rejects = existing.Rejects,
            RejectFile = plan.RejectFiles.Keys.Select(destination.UriOf).FirstOrDefault(),
            DamagedObjects = new NamedObjects(existing.DamagedObjects, existing.FirstDamagedObjects),
            Outputs =
            [
                .. existing.Files.Select(file =>
                    new OutputFile(destination.UriOf(file.Stored.Key), file.Rows, file.Stored.Size)),
            ],
            OutputBytes = existing.Files.Sum(file => file.Stored.Size),
        };
    }
}

/// <summary>How a run ended, if it did not fail.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>The month has no records and is unchanged. The report's reason says what exists instead.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>The run wrote the month's files.</summary>
    [JsonStringEnumMemberName("written")]
    Written,

    /// <summary>
    /// The month's files already are what the run would write: same sources, settings and version. No source was read.
    /// </summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged,

    /// <summary>
    /// Another run of the same sources, settings and version was faster: the month's files are the same.
    /// </summary>
    [JsonStringEnumMemberName("by another run")]
    WrittenByAnotherRun,

    /// <summary>A dry run: nothing was read, written or removed.</summary>
    [JsonStringEnumMemberName("planned")]
    Planned,
}

/// <summary>What a run would read, write and remove.</summary>
/// <param name="Days">The days with an object. In JSON <c>["2024-02-14"]</c>.</param>
/// <param name="FirstFile">The URI of the Parquet file, or of the first of several.</param>
/// <param name="Replaces">Whether that file exists.</param>
/// <param name="Removes">
/// The URIs of further files of an earlier run, rejects included: removed unless the run writes them again.
/// </param>
/// <param name="Keeps">The other keys in the month's folder, which a run leaves alone, with the first five.</param>
/// <param name="MinEvents">
/// The number of events below which the run fails, because the month would shrink; 0 for no limit.
/// </param>
public sealed record PlannedRun(
    IReadOnlyList<DateOnly> Days,
    string FirstFile,
    bool Replaces,
    IReadOnlyList<string> Removes,
    NamedItems Keeps,
    long MinEvents);

/// <summary>Events whose eventTime is in another month than the one that owns them.</summary>
/// <param name="Events">How many there are.</param>
/// <param name="Earliest">The earliest eventTime of all events of the run.</param>
/// <param name="Latest">The latest eventTime of all events of the run.</param>
public sealed record OutsideMonth(long Events, DateTimeOffset Earliest, DateTimeOffset Latest);

/// <summary>A Parquet file that a run wrote.</summary>
/// <param name="Uri">Its name in messages and reports.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">Its size in bytes.</param>
public sealed record OutputFile(string Uri, long Rows, long Bytes);
