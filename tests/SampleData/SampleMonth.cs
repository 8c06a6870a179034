using System.Globalization;

namespace CloudTrailAggregation.SampleData;

/// <summary>A generated month of CloudTrail events, in the form that stage 1 writes.</summary>
public sealed class SampleMonth
{
    private readonly SampleArguments _arguments;
    private readonly EventClock _clock;
    private readonly MonthPlan _plan;
    private readonly Organization _organization;
    private readonly EventKinds _kinds;

    /// <param name="arguments">What to generate.</param>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public SampleMonth(SampleArguments arguments)
    {
        if (arguments.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(arguments));
        }

        _arguments = arguments;
        _clock = new EventClock(arguments);
        _plan = new MonthPlan(arguments, _clock);
        _organization = new Organization(arguments.Seed, arguments.Style);
        _kinds = new EventKinds(_organization, arguments.Seed);
    }

    /// <summary>Every line of the month, in the order of delivery.</summary>
    public IEnumerable<SampleLine> Lines()
    {
        var writer = NewWriter();
        return Enumerable.Range(0, _plan.Days).SelectMany(day => _plan.LinesOf(day).Select(line =>
            new SampleLine(
                _arguments.Month.AddDays(day), line.Kind, _plan.IsLate(line), writer.Write(line).ToArray())));
    }

    /// <summary>
    /// Writes <c>YYYY/MM/DD/NNNNNN.ndjson.gz</c> below the directory. The bytes do not depend on the number of threads.
    /// </summary>
    /// <exception cref="IOException">A file could not be written, or the month's folder already exists.</exception>
    public SampleSummary WriteTo(string directory, int threads)
    {
        string month = Path.Combine(directory, _arguments.Month.ToString("yyyy/MM", CultureInfo.InvariantCulture));
        if (Directory.Exists(month))
        {
            throw new IOException($"{month} exists: remove it or name another directory.");
        }

        var days = new SampleSummary[_plan.Days];
        Parallel.For(
            0, days.Length, new ParallelOptions { MaxDegreeOfParallelism = threads },
            day => days[day] = WriteDay(month, day));
        return days.Aggregate((sum, day) => sum.Plus(day));
    }

    private SampleSummary WriteDay(string month, int day)
    {
        var writer = NewWriter();
        long[] counts = new long[3];
        int late = 0;
        var folder = new DayFolder(Path.Combine(month, $"{day + 1:00}"));
        using (folder)
        {
            foreach (var line in _plan.LinesOf(day))
            {
                folder.Add(writer.Write(line));
                counts[(int)line.Kind]++;
                late += _plan.IsLate(line) ? 1 : 0;
            }
        }

        return new SampleSummary(counts[0], counts[1], counts[2], late, folder.Files, folder.Bytes, folder.PackedBytes);
    }

    private LineWriter NewWriter() => new(new EventWriter(_arguments, _clock, _organization, _kinds));
}
