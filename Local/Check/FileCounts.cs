using System.Globalization;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Holds what the files say of themselves against what was counted.</summary>
internal static class FileCounts
{
    private const string Prefix = "cloudtrail_aggregation.";

    /// <exception cref="DifferenceException">One says something else.</exception>
    public static void Check(IReadOnlyList<CheckedFile> files, Month month, int sourceFiles, long sourceBytes, RecordCounts counts)
    {
        foreach (var file in files)
        {
            Check(file, "month", month.ToString());
            Check(file, "run", files[0].Values.GetValueOrDefault(Prefix + "run", ""));
            Check(file, "source_files", Text(sourceFiles));
            Check(file, "source_bytes", Text(sourceBytes));
            Check(file, "events_so_far", Text(file.RowsSoFar));
        }

        // Where there are several, those before the last say what was known when their last rows were written.
        if (files.Count == 1)
        {
            Check(files[0], "duplicates_so_far", Text(counts.Duplicates));
            Check(files[0], "rejects_so_far", Text(counts.Rejects));
        }
    }

    private static void Check(CheckedFile file, string name, string expected)
    {
        string? found = file.Values.GetValueOrDefault(Prefix + name);
        if (found != expected)
        {
            throw new DifferenceException($"{file.Uri}, metadata {Prefix}{name}: counted {expected}, the file says {found ?? "nothing"}.");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
