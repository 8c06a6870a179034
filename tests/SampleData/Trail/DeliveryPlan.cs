namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>The objects of one account and region, in the order of delivery; copies follow what they copy.</summary>
/// <param name="arguments">The whole trail.</param>
/// <param name="first">The number of the first event of this account and region.</param>
/// <param name="end">The number after its last event.</param>
internal sealed class DeliveryPlan(SampleArguments arguments, long first, long end)
{
    // Of real log files 44 % are under 1 KB, which is one event or two, and one in a thousand has several MB.
    private const int OneEventPercent = 43;
    private const int FewEventsPercent = 34;
    private const int MoreEventsPercent = 17;
    private const int OneInHuge = 1_000;

    /// <summary>No object has more than this share of the events, so that a small trail has several objects.</summary>
    private const int SmallestShare = 8;

    /// <summary>Every one of so many objects in a row is in a folder other than CloudTrail/.</summary>
    private const int FolderCycle = 8;
    private const int MostInOtherFolders = 4;

    /// <summary>One in so many copies is delivered five minutes after its original, perhaps on the next day.</summary>
    private const int OneInLaterCopies = 8;

    public IEnumerable<Delivery> Deliveries()
    {
        if (first == end)
        {
            yield break;
        }

        var sizes = Sizes();
        var clock = new EventClock(arguments with { Events = sizes.Count, LatePercent = 0 });
        var dice = new Dice(Seed(0xDE11));
        long at = first;
        long copied = Spread.Before(first, arguments.Duplicates, arguments.Events);
        long copiesEnd = Spread.Before(end, arguments.Duplicates, arguments.Events);
        foreach (var (number, size) in sizes.Index())
        {
            // A region with few objects is delivered to the end, too: otherwise it would look as if its trail were off.
            var delivered = clock.Delivered(number, ref dice);
            bool isLast = number == sizes.Count - 1;
            var time = Delivery.Floor(isLast ? Afterwards.AddDays(-1) + delivered.TimeOfDay : delivered);
            var original = new Delivery(FolderOf(number), time, time, at, size, IsCopy: false);
            yield return original;
            at += size;

            // A second trail delivered some of the events too: all of an object, until the copies are enough.
            int copies = (int)Math.Min(size, copiesEnd - copied);
            if (copies > 0 && (IsInOverlap(number, sizes.Count) || end - at < copiesEnd - copied))
            {
                copied += copies;
                yield return original with { Events = copies, IsCopy = true, Time = CopyTime(time, number) };
            }
        }
    }

    /// <summary>
    /// The second trail begins after a quarter of the objects, or earlier where that would be too late.
    /// </summary>
    private static bool IsInOverlap(int number, int objects) => number >= objects / 4;

    /// <summary>The end of the last day with events.</summary>
    private DateTime Afterwards => arguments.Month.ToDateTime(TimeOnly.MinValue)
        .AddDays(arguments.Days ?? DateTime.DaysInMonth(arguments.Month.Year, arguments.Month.Month));

    private DateTime CopyTime(DateTime original, int number)
    {
        var later = original + Delivery.Interval;
        return number % OneInLaterCopies == 0 && later < Afterwards ? later : original;
    }

    private List<int> Sizes()
    {
        var dice = new Dice(Seed(0x512E));
        var sizes = new List<int>();
        for (long left = end - first; left > 0; left -= sizes[^1])
        {
            int most = (int)Math.Clamp((end - first) / SmallestShare, 1, int.MaxValue);
            most = FolderOf(sizes.Count) == TrailFolder.Events ? most : Math.Min(most, MostInOtherFolders);
            sizes.Add((int)Math.Min(left, Math.Min(most, Size(ref dice))));
        }

        return sizes;
    }

    private static int Size(ref Dice dice)
    {
        if (dice.Below(OneInHuge) == 0)
        {
            return 20_000 + dice.Below(25_000);
        }

        return dice.Below(100) switch
        {
            < OneEventPercent => 1,
            < OneEventPercent + FewEventsPercent => 2 + dice.Below(7),
            < OneEventPercent + FewEventsPercent + MoreEventsPercent => 9 + dice.Below(52),
            _ => 60 + dice.Skewed(600),
        };
    }

    private TrailFolder FolderOf(int number)
    {
        int turn = (int)((Seed(0xF01D) + (ulong)number) % (3 * FolderCycle));
        return turn % FolderCycle == 0 ? TrailFolder.Insight + (turn / FolderCycle) : TrailFolder.Events;
    }

    private ulong Seed(ulong purpose) => Dice.Hash((ulong)arguments.Seed ^ purpose, (ulong)first);
}
