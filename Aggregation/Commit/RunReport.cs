using System.Text.Json.Serialization;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Commit;

/// <summary>What a run did with one month; serialized as the answer and in the log.</summary>
public sealed record RunReport
{
    /// <summary>YYYY-MM.</summary>
    public required string Month { get; init; }

    public required RunStatus Status { get; init; }

    /// <summary>Why there was nothing to read, and which folders exist instead; null unless the month is empty.</summary>
    public string? Reason { get; init; }

    public required int SourceFiles { get; init; }

    /// <summary>As stored, gzipped or not.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>Keys in the month's folder that are no sources, and the first few of them.</summary>
    public required IgnoredKeys IgnoredKeys { get; init; }

    /// <summary>
    /// Days after the first day with an object, up to the last one due, without an object: of a month that has ended to its
    /// end, of the running one up to yesterday (UTC). In JSON <c>["2024-02-14"]</c>. None where the month has no object.
    /// </summary>
    public IReadOnlyList<DateOnly> MissingDays { get; init; } = [];

    /// <summary>lines = events + duplicates + rejects.</summary>
    public long Lines { get; init; }

    public long Events { get; init; }

    public long Duplicates { get; init; }

    public long Rejects { get; init; }

    /// <summary>Events whose eventTime lies in another month: they belong to the day of their delivery.</summary>
    public OutsideMonth? OutsideMonth { get; init; }

    /// <summary>Events without a readable eventTime.</summary>
    public long EventsWithoutTime { get; init; }

    public IReadOnlyList<OutputFile> Outputs { get; init; } = [];

    public long OutputBytes { get; init; }

    /// <summary>Objects that hold records, but neither an event nor a duplicate: of another kind, or damaged.</summary>
    public NamedObjects ObjectsWithoutEvents { get; init; } = new(0, []);

    /// <summary>Where the rejects are; null when there are none.</summary>
    public string? RejectFile { get; init; }

    /// <summary>Files of an earlier run that were deleted.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>For how long a reader could see files of two runs; null where one file replaced at most one.</summary>
    public long? MixedMilliseconds { get; init; }

    /// <summary>Requests to S3 that were sent again: it was busy, did not answer, or its answer broke off. In directories 0.</summary>
    public long Retries { get; init; }

    public long DurationMilliseconds { get; init; }

    /// <summary>What a run read, wrote and removed; what only the run itself knows is left out.</summary>
    internal static RunReport Of(RunPlan plan, StagedUnit staged, RunCommit commit, IObjectStore destination)
    {
        var counts = staged.Counts;
        return new RunReport
        {
            Month = plan.Unit.ToString(),
            Status = counts.Records == 0 ? RunStatus.Empty : RunStatus.Written,
            SourceFiles = plan.Sources.Count,
            SourceBytes = plan.Sources.Bytes,
            IgnoredKeys = plan.Sources.Ignored,
            Lines = counts.Records,
            Events = counts.Events,
            Duplicates = counts.Duplicates,
            Rejects = counts.Rejects,
            OutsideMonth = counts.OutsideMonth == 0 ? null : new OutsideMonth(
                counts.OutsideMonth,
                DateTimeOffset.FromUnixTimeMilliseconds(counts.Earliest!.Value),
                DateTimeOffset.FromUnixTimeMilliseconds(counts.Latest!.Value)),
            EventsWithoutTime = counts.WithoutTime,
            Outputs = [.. staged.Files.Closed.Select(file => new OutputFile(destination.UriOf(file.Staged.Key), file.Rows, file.Bytes))],
            OutputBytes = staged.Files.Closed.Sum(file => file.Bytes),
            ObjectsWithoutEvents = staged.Ledger.ObjectsWithoutEvents,
            RejectFile = staged.Rejects.Staged is { } rejects ? destination.UriOf(rejects.Key) : null,
            Removed = commit.Removed,
            MixedMilliseconds = (long?)commit.Mixed?.TotalMilliseconds,
        };
    }
}

[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>The month has no lines; nothing was changed. The report's reason says what exists instead.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>The month's files are new.</summary>
    [JsonStringEnumMemberName("written")]
    Written,
}

/// <summary>Events of other months: how many, and the earliest and latest eventTime of all the month's events.</summary>
public sealed record OutsideMonth(long Events, DateTimeOffset Earliest, DateTimeOffset Latest);

/// <summary>A Parquet file of the month.</summary>
public sealed record OutputFile(string Uri, long Rows, long Bytes);
