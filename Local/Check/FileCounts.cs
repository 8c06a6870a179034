using System.Globalization;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Compares the counts in the files' metadata with what was counted.</summary>
internal static class FileCounts
{
    private const string Prefix = "cloudtrail_aggregation.";

    /// <exception cref="DifferenceException">A file's metadata differs.</exception>
    public static void Check(
        IReadOnlyList<FileRead> files, Month month, int sourceFiles, long sourceBytes, RecordCounts counts)
    {
        foreach (var file in files)
        {
            Check(file, "month", month.ToString());
            Check(file, "run", files[0].Values.GetValueOrDefault(Prefix + "run", ""));
            Check(file, "source_files", Text(sourceFiles));
            Check(file, "source_bytes", Text(sourceBytes));
            Check(file, "events_so_far", Text(file.RowsSoFar));
        }

        // Of several files, each one has the counts at its own end, which this reading does not keep.
        if (files.Count == 1)
        {
            Check(files[0], "duplicates_so_far", Text(counts.Duplicates));
            Check(files[0], "rejects_so_far", Text(counts.Rejects));
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
