namespace CloudTrailAggregation.SampleData;

/// <summary>The arguments of a generated month. Equal arguments give equal bytes.</summary>
/// <param name="Month">The month, by its first day.</param>
/// <param name="Events">Distinct good events, 0 to <see cref="MaxEvents"/>.</param>
public sealed record SampleArguments(DateOnly Month, long Events)
{
    public const int DefaultSeed = 20240229;

    /// <summary>CloudTrail's first year.</summary>
    public const int FirstYear = 2013;
    public const int LastYear = 2999;

    /// <summary>
    /// Ten times the busiest month that a benchmark needs. Spread multiplies two such numbers within 63 bits.
    /// </summary>
    public const long MaxEvents = 1_000_000_000;

    /// <summary>Another seed gives another organization with other people, ids and times.</summary>
    public int Seed { get; init; } = DefaultSeed;

    /// <summary>Exact copies of earlier lines, in addition to the events, in percent of them.</summary>
    public decimal DuplicatesPercent { get; init; }

    /// <summary>Events whose eventTime is in a neighboring month, in percent of the events.</summary>
    public decimal LatePercent { get; init; }

    /// <summary>Lines that are not a JSON object in UTF-8, in addition to the events, in percent of them.</summary>
    public decimal BadLinesPercent { get; init; }

    /// <summary>The number of days with events, from the month's first; null: the whole month.</summary>
    public int? Days { get; init; }

    public JsonStyle Style { get; init; } = JsonStyle.Stage1;

    /// <summary>The number of duplicates, rounded to the nearest.</summary>
    public long Duplicates => PercentOfEvents(DuplicatesPercent);

    /// <summary>The number of late events, rounded to the nearest.</summary>
    public long Late => PercentOfEvents(LatePercent);

    /// <summary>The number of bad lines, rounded to the nearest.</summary>
    public long BadLines => PercentOfEvents(BadLinesPercent);

    /// <summary>The error in the arguments; null if there is none.</summary>
    public string? Problem() => this switch
    {
        { Month.Day: not 1 } => "A month is named by its first day.",
        { Month.Year: < FirstYear or > LastYear } => $"The month is {FirstYear}-01 to {LastYear}-12.",
        { Events: < 0 or > MaxEvents } => $"The number of events is 0 to {MaxEvents}.",
        { DuplicatesPercent: < 0 or > 100 } or { LatePercent: < 0 or > 100 } or { BadLinesPercent: < 0 or > 100 } =>
            "Percentages are 0 to 100.",
        _ when Days < 1 || Days > DateTime.DaysInMonth(Month.Year, Month.Month) =>
            "The number of days is 1 to the length of the month.",
        _ => null,
    };

    private long PercentOfEvents(decimal percent) =>
        (long)Math.Round(Events * percent / 100, MidpointRounding.AwayFromZero);
}

/// <summary>How a line is spelled.</summary>
public enum JsonStyle
{
    /// <summary>Like Python's json.dumps: a space after comma and colon, ASCII with \u escapes.</summary>
    Stage1,

    /// <summary>No spaces, text in UTF-8.</summary>
    Compact,
}
