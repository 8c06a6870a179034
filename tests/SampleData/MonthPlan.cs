using System.Runtime.InteropServices;

namespace CloudTrailAggregation.SampleData;

/// <summary>The lines of each day's folder, in order.</summary>
internal sealed class MonthPlan(SampleArguments arguments, EventClock clock)
{
    // Most copies in real trails are near the original, in the same day's folder; of 6,496 pairs 15 are not.
    private const int FarthestCopy = 5000;
    private const int OneInNextDay = 16;

    public int Days => clock.Days;

    /// <param name="day">The day, from 0.</param>
    public IEnumerable<PlannedLine> LinesOf(int day)
    {
        for (long position = clock.FirstOf(day); position < clock.FirstOf(day + 1); position++)
        {
            yield return new PlannedLine(SampleLineKind.Event, position, position);

            long copies = Spread.At(position, arguments.Duplicates, arguments.Events);
            long firstCopy = Spread.Before(position, arguments.Duplicates, arguments.Events);
            for (long copy = firstCopy; copy < firstCopy + copies; copy++)
            {
                long original = OriginalOf(copy, position, day);
                yield return new PlannedLine(SampleLineKind.Duplicate, original, original);
            }

            long badLines = Spread.At(position, arguments.BadLines, arguments.Events);
            long firstBad = Spread.Before(position, arguments.BadLines, arguments.Events);
            for (long bad = firstBad; bad < firstBad + badLines; bad++)
            {
                // Spare numbers, so that no bad line is a fragment of a good one.
                yield return new PlannedLine(SampleLineKind.BadLine, arguments.Events + bad, position);
            }
        }
    }

    public bool IsLate(in PlannedLine line) =>
        line.Kind == SampleLineKind.Event && Spread.At(line.Position, arguments.Late, arguments.Events) > 0;

    private long OriginalOf(long copy, long position, int day)
    {
        var dice = new Dice(Dice.Hash((ulong)arguments.Seed ^ 0xC0B1, (ulong)copy));
        long first = clock.FirstOf(day);
        if (copy % OneInNextDay == 1 && day > 0 && clock.FirstOf(day - 1) < first)
        {
            return first - 1 - dice.Skewed((int)(first - clock.FirstOf(day - 1)));
        }

        return position - dice.Skewed((int)Math.Min(position - first + 1, FarthestCopy));
    }
}

/// <param name="Kind">The kind of the line.</param>
/// <param name="Number">The number of the event whose record, copy or damaged copy the line is.</param>
/// <param name="Position">The event's position in the order of delivery.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlannedLine(SampleLineKind Kind, long Number, long Position);
