namespace CloudTrailAggregation.Benchmarks.Profile;

/// <summary>The processor time of a run and of its steps.</summary>
/// <param name="Wall">How long the run took.</param>
/// <param name="All">All threads of the process, with what is in no step: unpacking and framing.</param>
/// <param name="Reading">Records become events, and events columns.</param>
/// <param name="Entering">Duplicates, counts and rejects, in the order of the sources.</param>
/// <param name="EnteringOfWriter">What of that the writing thread does.</param>
/// <param name="Encoding">Columns become pages.</param>
/// <param name="LongestColumns">Of each write the column that takes longest to encode.</param>
/// <param name="RestOfWriting">
/// What the writing thread does beside encoding: it ends row groups and files, and waits for the workers.
/// </param>
internal sealed record StepTimes(
    TimeSpan Wall,
    TimeSpan All,
    TimeSpan Reading,
    TimeSpan Entering,
    TimeSpan EnteringOfWriter,
    TimeSpan Encoding,
    TimeSpan LongestColumns,
    TimeSpan RestOfWriting)
{
    /// <summary>Unpacking and framing, the runtime, and what else is in no step.</summary>
    public TimeSpan Remaining => All - Reading - Entering - Encoding - RestOfWriting;

    /// <summary>
    /// What must follow one another, on any number of processors. Batches are entered while others are written, so the
    /// longer of both counts.
    /// </summary>
    public TimeSpan InOrder =>
        TimeSpan.FromTicks(Math.Max(Entering.Ticks, (EnteringOfWriter + LongestColumns + RestOfWriting).Ticks));
}
