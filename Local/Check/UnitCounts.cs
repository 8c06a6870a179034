using System.Globalization;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Compares the counts in the metadata of a month's or its days' files with what was counted.</summary>
/// <param name="month">The month.</param>
/// <param name="files">Its files.</param>
internal sealed class UnitCounts(Month month, MonthFiles files)
{
    private const string Prefix = "cloudtrail_aggregation.";

    // By the day; place 0 is the whole month's.
    private readonly int[] _sources = new int[32];
    private readonly long[] _bytes = new long[32];
    private readonly RecordCounts[] _countsAfter = new RecordCounts[32];

    /// <summary>Adds a source that was read.</summary>
    /// <param name="day">Its day, 1 to 31; in ascending order.</param>
    /// <param name="bytes">Its stored bytes.</param>
    /// <param name="counts">What became of the records of all sources so far.</param>
    public void Add(int day, long bytes, RecordCounts counts)
    {
        int unit = files.AreOfDays ? day : 0;
        _sources[unit]++;
        _bytes[unit] += bytes;
        _countsAfter[unit] = counts;
    }

    /// <param name="read">The files that were read, all of them.</param>
    /// <exception cref="DifferenceException">A file's metadata differs.</exception>
    public void Check(IReadOnlyList<FileRead> read)
    {
        var units = read.Index().GroupBy(file => MonthFiles.DayOf(month, files.Parquet[file.Index].Key));
        var before = default(RecordCounts);
        foreach (var unit in units)
        {
            Check([.. unit.Select(file => file.Item)], new Unit(month, unit.Key), before);
            before = _sources[unit.Key] == 0 ? before : _countsAfter[unit.Key];
        }
    }

    private void Check(IReadOnlyList<FileRead> ofUnit, Unit unit, RecordCounts before)
    {
        foreach (var file in ofUnit)
        {
            Check(file, unit.IsDay ? "day" : "month", unit.ToString());
            Check(file, "run", ofUnit[0].Values.GetValueOrDefault(Prefix + "run", ""));
            Check(file, "source_files", Text(_sources[unit.Day]));
            Check(file, "source_bytes", Text(_bytes[unit.Day]));
            Check(file, "events_so_far", Text(file.RowsSoFar - before.Events));
        }

        var after = _sources[unit.Day] == 0 ? before : _countsAfter[unit.Day];
        if (ofUnit[^1].RowsSoFar != after.Events)
        {
            throw new DifferenceException(
                $"{ofUnit[^1].Uri}: it ends with row {ofUnit[^1].RowsSoFar} of the month, and the events of its sources "
                + $"with row {after.Events}. Run aggregate again.");
        }

        // Of several files, each one has the counts at its own end, which this reading does not keep.
        if (ofUnit.Count == 1)
        {
            Check(ofUnit[0], "duplicates_so_far", Text(after.Duplicates - before.Duplicates));
            Check(ofUnit[0], "rejects_so_far", Text(after.Rejects - before.Rejects));
        }
    }

    private static void Check(FileRead file, string name, string expected)
    {
        string? found = file.Values.GetValueOrDefault(Prefix + name);
        if (found != expected)
        {
            throw new DifferenceException(
                $"{file.Uri}, metadata {Prefix}{name}: counted {expected}, the file says {found ?? "nothing"}.");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
