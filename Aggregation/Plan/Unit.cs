namespace CloudTrailAggregation.Plan;

/// <summary>What a run plans, writes and commits as a whole: a month.</summary>
/// <param name="Month">The month.</param>
public readonly record struct Unit(Month Month)
{
    /// <summary>The folder of its sources and of its Parquet files: <c>YYYY/MM/</c>.</summary>
    public string Prefix => Month.Prefix;

    /// <summary>The instant at which it has ended (UTC).</summary>
    public DateTimeOffset End => Month.Next.Start;

    /// <summary>The unit as reports and messages name it: <c>YYYY-MM</c>.</summary>
    public override string ToString() => Month.ToString();
}
