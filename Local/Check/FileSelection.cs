using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Compares what is checked with what was selected when the month was written, which its first file's metadata names:
/// with another selection, the first difference would say nothing of the cause.
/// </summary>
internal static class FileSelection
{
    private const string Prefix = "cloudtrail_aggregation.";
    private const int MaxShown = 200;

    /// <param name="destination">Holds the files.</param>
    /// <param name="files">The month's files.</param>
    /// <param name="layout">The source's layout.</param>
    /// <param name="selection">What is checked.</param>
    /// <param name="deduplicate">Whether exact copies are taken for dropped.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DifferenceException">The file was written with another selection.</exception>
    public static void Check(
        IObjectStore destination,
        IEnumerable<StoredObject> files,
        SourceLayout layout,
        SourceSelection selection,
        bool deduplicate,
        CancellationToken cancellation)
    {
        if (files.FirstOrDefault() is not { Key: not null } first)
        {
            return;
        }

        using var table = new ParquetTable(destination, first, cancellation);
        Check(table, "deduplicate", deduplicate ? "true" : "false", found => found == "false"
            ? "it was written with --no-deduplicate, so each exact copy is a row. Check it with --no-deduplicate, too."
            : "it was written without --no-deduplicate, so exact copies are not in it. Leave the option out.");
        Check(table, "layout", layout == SourceLayout.Trail ? "trail" : "daily", found =>
            $"it was written from a source of the layout {found}, and this is another. Check it with the source that "
            + $"it is from, and --layout {found}.");
        Check(table, "accounts", TextOf(selection.Accounts), found => Narrowed(found, "accounts", "--account"));
        Check(table, "regions", TextOf(selection.Regions), found => Narrowed(found, "regions", "--region"));
    }

    private static void Check(ParquetTable table, string name, string checkedNow, Func<string, string> message)
    {
        if (table.Metadata.TryGetValue(Prefix + name, out string? found) && found != checkedNow)
        {
            string shown = SingleLine.Escaped(found.Length > MaxShown ? found[..MaxShown] + " …" : found);
            throw new DifferenceException($"{table.Uri}: {message(shown)}");
        }
    }

    private static string Narrowed(string found, string what, string option) => found == "all"
        ? $"it was written from all {what}. Check it without {option}."
        : $"it was written from the {what} {found}. Check it with {option} and the same names.";

    private static string TextOf(IReadOnlyList<string> names) => names.Count == 0 ? "all" : string.Join(',', names);
}
