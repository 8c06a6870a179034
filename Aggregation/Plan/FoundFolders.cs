using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>The folders that exist at a source's root, in words: a raw trail, years and months, or something else.</summary>
internal sealed class FoundFolders(IObjectStore source, Month month)
{
    /// <summary>The source as messages tell to correct it.</summary>
    public const string Source = "the source (SRC_BUCKET and SRC_PREFIX, --source)";

    private const string TrailFolder = "AWSLogs/";

    /// <summary>Names in a message, and characters of one.</summary>
    private const int MaxNamed = 10, MaxNameLength = 80;

    /// <summary>Folders that are read of one listing: a page of it.</summary>
    private const int MaxRead = 1_000;

    /// <summary>Folders o-ORGANIZATION/ that are looked into for a trail.</summary>
    private const int MaxOrganizations = 5;

    private readonly string _root = source.UriOf("").TrimEnd('/') + "/";

    /// <returns>Sentences: what exists, and what to do.</returns>
    /// <exception cref="AggregationException">The root cannot be listed.</exception>
    public async Task<string> TextAsync(CancellationToken cancellation)
    {
        var folders = await ListAsync(source, "", cancellation);
        string? trail = await TrailAsync(folders, cancellation);
        string? years = await YearsAsync(folders, cancellation);
        return years is not null ? $"{(trail is null ? "" : trail + " ")}{years} If the month should be there, see why stage 1 left nothing."
            : trail is not null ? $"{trail} Point {Source} at stage 1's output."
            : folders.Count > 0 ? $"{_root} has no years (YYYY/MM/DD/), but {Named(folders)}. Correct {Source}."
            : $"{_root} has no folders at all. {await AboveAsync(cancellation)}Correct {Source}.";
    }

    /// <summary>Names of which some more exist, escaped and bounded.</summary>
    public static string Names(IEnumerable<string> first, long count)
    {
        string[] names = [.. first.Select(Short)];
        return string.Join(", ", names) + (names.Length < count ? $" and {(count >= MaxRead ? "many" : count - names.Length)} more" : "");
    }

    /// <summary>What a raw trail says of itself: its AWSLogs/ is here, in an organization's folder, or above.</summary>
    private async Task<string?> TrailAsync(List<string> folders, CancellationToken cancellation)
    {
        int above = _root.IndexOf("/" + TrailFolder, StringComparison.Ordinal);
        string? found = above >= 0 ? _root[..(above + 1)] + TrailFolder
            : folders.Contains(TrailFolder, StringComparer.Ordinal) ? _root + TrailFolder
            : null;
        foreach (string organization in folders.Where(name => name.StartsWith("o-", StringComparison.Ordinal)).Take(MaxOrganizations))
        {
            string below = organization + TrailFolder;
            if (found is null && (await ListAsync(source, organization, cancellation)).Contains(below, StringComparer.Ordinal))
            {
                found = _root + below;
            }
        }

        return found is null ? null
            : $"{SingleLine.Of(found)} is a trail's own layout, which is not read: stage 1's output is (YYYY/MM/DD/, one event a line).";
    }

    /// <summary>Which years there are, and the months of the one that was asked for, or else of the last.</summary>
    private async Task<string?> YearsAsync(List<string> folders, CancellationToken cancellation)
    {
        int[] years = NumbersOf(folders, digits: 4);
        if (years.Length == 0)
        {
            return null;
        }

        int year = years.Contains(month.Year) ? month.Year : years[^1];
        string folder = string.Create(CultureInfo.InvariantCulture, $"{year:D4}/");
        int[] months = NumbersOf((await ListAsync(source, folder, cancellation)).Select(name => name[folder.Length..]), digits: 2);
        return $"{_root} has {(years.Length == 1 ? "the year" : "the years")} {Text(years, "D4")}, and of {year} "
            + (months.Length == 0 ? "no month." : $"the {(months.Length == 1 ? "month" : "months")} {Text(months, "D2")}.");
    }

    /// <summary>The nearest folder above that has folders, where it may be listed: the way out of a mistyped prefix.</summary>
    private async Task<string> AboveAsync(CancellationToken cancellation)
    {
        try
        {
            for (var above = source.Above; above is not null; above = above.Above)
            {
                var folders = await ListAsync(above, "", cancellation);
                if (folders.Count > 0)
                {
                    return $"{above.UriOf("")} has {Named(folders)}. ";
                }
            }
        }
        catch (AggregationException)
        {
            // The function's role may list its own prefix alone.
        }

        return "";
    }

    private static async Task<List<string>> ListAsync(IObjectStore store, string prefix, CancellationToken cancellation) =>
        await store.ListFoldersAsync(prefix, cancellation).Take(MaxRead).ToListAsync(cancellation);

    private static string Named(List<string> folders) =>
        $"{(folders.Count == 1 ? "the folder" : "the folders")} {Names(folders.Take(MaxNamed), folders.Count)}";

    private static string Short(string name) => SingleLine.Of(name.Length > MaxNameLength ? name[..MaxNameLength] + " …" : name);

    /// <summary>The folders whose names are numbers of so many digits.</summary>
    private static int[] NumbersOf(IEnumerable<string> folders, int digits) =>
    [
        .. folders.Where(name => name.Length == digits + 1 && !name.AsSpan(0, digits).ContainsAnyExceptInRange('0', '9'))
            .Select(name => int.Parse(name.AsSpan(0, digits), CultureInfo.InvariantCulture)),
    ];

    private static string Text(int[] numbers, string format) =>
        Spans.Text(numbers, number => number.ToString(format, CultureInfo.InvariantCulture));
}
