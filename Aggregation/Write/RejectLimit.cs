using System.Globalization;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Write;

/// <summary>
/// How many rejects a run accepts: a bad file or two is no reason to keep a month back, but a loss must not look like a
/// success.
/// </summary>
/// <param name="maxPercent">The share of the records, and of their bytes, that may be rejects; 0 to 100.</param>
internal sealed class RejectLimit(double maxPercent)
{
    /// <summary>Up to this many rejects are accepted whatever their share of the records.</summary>
    private const int ToleratedRejects = 100;

    /// <summary>A single reject, and rejects of up to this many bytes together, are accepted whatever their share of the bytes.</summary>
    private const long ToleratedBytes = 1 << 20;

    /// <exception cref="AggregationException">There are more; the message names the first.</exception>
    public void Check(string uri, in RecordCounts counts, RejectFile rejects)
    {
        if (Exceeded(counts) is { } limit)
        {
            string hint = rejects.First[0].EndsWith(": {", StringComparison.Ordinal) || rejects.First[0].EndsWith(@": {\r", StringComparison.Ordinal)
                ? "An event that is pretty-printed over several lines is a reject on each of them: write each event on one line. "
                : "";
            throw new AggregationException($"{uri}: {counts.Rejects} of {counts.Records} records are rejects, {limit}. Nothing was replaced. {hint}Fix the source or raise MAX_REJECTED_PERCENT (--max-rejected-percent). The first: {string.Join("; ", rejects.First)}");
        }
    }

    private string? Exceeded(in RecordCounts counts) =>
        counts.Rejects > 0 && counts.Events == 0 ? "and there is no event"
        : counts.Rejects > ToleratedRejects && IsAbove(counts.Rejects, counts.Records)
            ? string.Create(CultureInfo.InvariantCulture, $"more than {ToleratedRejects} and more than {maxPercent} %")
        : counts.Rejects > 1 && counts.RejectedBytes > ToleratedBytes && IsAbove(counts.RejectedBytes, counts.Bytes)
            ? string.Create(CultureInfo.InvariantCulture, $"with {counts.RejectedBytes} of {counts.Bytes} bytes, more than 1 MiB and more than {maxPercent} %")
        : null;

    private bool IsAbove(long part, long whole) => part * 100.0 > maxPercent * whole;
}
