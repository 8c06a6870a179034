using System.Globalization;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Limits the rejects of a run: one or two bad files must not hold back a month, but a loss must not look like a
/// success.
/// </summary>
/// <param name="maxPercent">
/// The maximum share of the records, and of their bytes, that may be rejects: 0 to 100.
/// </param>
internal sealed class RejectLimit(double maxPercent)
{
    /// <summary>The number of rejects that is accepted whatever their share of the records.</summary>
    private const int ToleratedRejects = 100;

    /// <summary>
    /// The bytes of rejects that are accepted whatever their share of the bytes: 1 MiB. A single reject may have any
    /// length.
    /// </summary>
    private const long ToleratedBytes = 1 << 20;

    /// <summary>Checks the rejects of a run.</summary>
    /// <exception cref="AggregationException">There are too many. The message quotes the first three.</exception>
    public void Check(string uri, in RecordCounts counts, RejectFile rejects)
    {
        if (Exceeded(counts) is { } limit)
        {
            string hint = LooksPrettyPrinted(rejects.First[0])
                ? "An event that is pretty-printed over several lines is a reject on each of them: "
                    + "write each event on one line. "
                : "";
            throw new AggregationException(
                $"{uri}: {Share(counts)}, {limit}. Nothing was replaced. "
                + $"{hint}Fix the source or raise MAX_REJECTED_PERCENT (--max-rejected-percent). "
                + $"The first: {string.Join("; ", rejects.First)}");
        }
    }

    private static string Share(in RecordCounts counts) => counts.Records == 1
        ? "its only record is a reject"
        : $"{counts.Rejects} of {counts.Records} records are rejects";

    /// <summary>Whether the quoted reject is a line with nothing but an opening brace.</summary>
    private static bool LooksPrettyPrinted(string quoted) =>
        quoted.EndsWith(": {", StringComparison.Ordinal) || quoted.EndsWith(@": {\r", StringComparison.Ordinal);

    private string? Exceeded(in RecordCounts counts) =>
        counts.Rejects > 0 && counts.Events == 0 ? "and there is no event"
        : counts.Rejects > ToleratedRejects && IsAbove(counts.Rejects, counts.Records)
            ? string.Create(CultureInfo.InvariantCulture, $"more than {ToleratedRejects} and more than {maxPercent} %")
        : counts.Rejects > 1 && counts.RejectedBytes > ToleratedBytes && IsAbove(counts.RejectedBytes, counts.Bytes)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"with {counts.RejectedBytes} of {counts.Bytes} bytes, more than 1 MiB and more than {maxPercent} %")
        : null;

    private bool IsAbove(long rejected, long all) => rejected * 100.0 > maxPercent * all;
}
