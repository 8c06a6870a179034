namespace CloudTrailAggregation.SampleData;

/// <summary>When an event is delivered and when it happened, by its position in the month.</summary>
internal sealed class EventClock
{
    // The hours of a day (UTC): office hours on top of the constant load of machines.
    private static readonly int[] HourWeights =
        [40, 38, 37, 37, 39, 44, 58, 80, 100, 106, 104, 98, 90, 99, 104, 100, 90, 76, 62, 55, 51, 48, 45, 42];

    private static readonly double[] HourStarts = Shares(HourWeights);

    private readonly SampleArguments _arguments;
    private readonly DateTime _monthStart;
    private readonly DateTime _monthEnd;
    private readonly long[] _dayStarts;

    public EventClock(SampleArguments arguments)
    {
        _arguments = arguments;
        _monthStart = arguments.Month.ToDateTime(TimeOnly.MinValue);
        _monthEnd = _monthStart.AddMonths(1);
        Days = arguments.Days ?? (_monthEnd - _monthStart).Days;
        double[] weights = Shares([.. Enumerable.Range(0, Days).Select(DayWeight)]);
        _dayStarts = [.. weights.Select(share => (long)Math.Round(share * arguments.Events))];
    }

    public int Days { get; }

    /// <summary>The first position of a day (0-based), which is the end of the day before.</summary>
    public long FirstOf(int day) => _dayStarts[day];

    public DateTime TimeOf(long position, ref Dice dice)
    {
        if (Spread.At(position, _arguments.Late, _arguments.Events) > 0)
        {
            return OutsideMonth(Spread.Before(position, _arguments.Late, _arguments.Events), ref dice);
        }

        return Before(Delivered(position, ref dice), ref dice);
    }

    /// <summary>The time of an event of this month that is delivered at a time.</summary>
    public DateTime Before(DateTime delivered, ref Dice dice)
    {
        var happened = delivered - Lag(ref dice);
        return happened < _monthStart ? _monthStart + ((delivered - _monthStart) * dice.Unit()) : happened;
    }

    /// <summary>The time of an event of another month.</summary>
    /// <param name="lateEvent">Its number among the late events.</param>
    /// <param name="dice">Decides the time.</param>
    public DateTime OutsideMonth(long lateEvent, ref Dice dice)
    {
        double unit = dice.Unit();
        return lateEvent % 4 == 1
            ? _monthEnd + TimeSpan.FromMinutes(90 * unit)
            : _monthStart - TimeSpan.FromSeconds(1) - TimeSpan.FromDays(9 * unit * unit * unit);
    }

    /// <summary>The time of delivery of the thing at a position.</summary>
    public DateTime Delivered(long position, ref Dice dice)
    {
        int day = DayOf(position);
        double share = (position - _dayStarts[day] + dice.Unit()) / (_dayStarts[day + 1] - _dayStarts[day]);
        int hour = HourWeights.Length - 1;
        while (HourStarts[hour] > share)
        {
            hour--;
        }

        double hours = hour + ((share - HourStarts[hour]) / (HourStarts[hour + 1] - HourStarts[hour]));
        return _monthStart + TimeSpan.FromDays(day) + TimeSpan.FromHours(Math.Min(hours, 23.9999));
    }

    /// <summary>The time from event to delivery: median 3.2 minutes, maximum 10.1, like real deliveries.</summary>
    private static TimeSpan Lag(ref Dice dice)
    {
        double unit = dice.Unit();
        return TimeSpan.FromSeconds(54 + (552 * unit * unit));
    }

    private int DayOf(long position)
    {
        int day = Days - 1;
        while (_dayStarts[day] > position)
        {
            day--;
        }

        return day;
    }

    private int DayWeight(int day) =>
        _monthStart.AddDays(day).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 55 : 100;

    /// <summary>The start of each weight, and the end of the last one, as shares of the sum.</summary>
    private static double[] Shares(int[] weights)
    {
        double[] shares = new double[weights.Length + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            shares[i + 1] = shares[i] + ((double)weights[i] / weights.Sum());
        }

        shares[^1] = 1;
        return shares;
    }
}
