using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>Describes the folders at a source's root: a raw trail, years and months, or something else.</summary>
internal sealed class FoundFolders(IObjectStore source, Month month)
{
    /// <summary>The settings and the option that name the source, for messages that ask to correct it.</summary>
    public const string Source = "the source (SRC_BUCKET and SRC_PREFIX, --source)";

    private const string TrailFolder = "AWSLogs/";

    /// <summary>The maximum number of names in a message, and of characters in a name.</summary>
    private const int MaxNamed = 10, MaxNameLength = 80;

    /// <summary>The maximum number of folders read from one listing: one page.</summary>
    private const int MaxRead = 1_000;

    /// <summary>The maximum number of folders o-ORGANIZATION/ that are searched for a trail.</summary>
    private const int MaxOrganizations = 5;

    private readonly string _root = source.UriOf("").TrimEnd('/') + "/";

    /// <returns>Sentences: what exists, and what to do.</returns>
    /// <exception cref="AggregationException">The root cannot be listed.</exception>
    public async Task<string> TextAsync(CancellationToken cancellation)
    {
        var folders = await ListAsync(source, "", cancellation);
        string? trail = await TrailAsync(folders, cancellation);
        string? years = await YearsAsync(folders, cancellation);
        return years is not null
            ? $"{(trail is null ? "" : trail + " ")}{years} "
                + "If the month should be there, see why stage 1 left nothing."
            : trail is not null ? $"{trail} Point {Source} at stage 1's output."
            : folders.Count > 0 ? $"{_root} has no years (YYYY/MM/DD/), but {Listed(folders)}. Correct {Source}."
            : $"{_root} has no folders at all. {await AboveAsync(cancellation)}Correct {Source}.";
    }

    /// <summary>Lists names, escaped and cut to a maximum length, and says how many more exist.</summary>
    /// <param name="first">The first few names.</param>
    /// <param name="count">How many names exist.</param>
    public static string Names(IEnumerable<string> first, long count)
    {
        string[] names = [.. first.Select(Short)];
        string more = names.Length < count ? $" and {(count >= MaxRead ? "many" : count - names.Length)} more" : "";
        return string.Join(", ", names) + more;
    }

    /// <summary>
    /// Describes a raw trail: AWSLogs/ is here, in an organization's folder, or above. Null where there is none.
    /// </summary>
    private async Task<string?> TrailAsync(List<string> folders, CancellationToken cancellation)
    {
        int above = _root.IndexOf("/" + TrailFolder, StringComparison.Ordinal);
        string? found = above >= 0 ? _root[..(above + 1)] + TrailFolder
            : folders.Contains(TrailFolder, StringComparer.Ordinal) ? _root + TrailFolder
            : null;
        var organizations = folders.Where(name => name.StartsWith("o-", StringComparison.Ordinal));
        foreach (string organization in organizations.Take(MaxOrganizations))
        {
            string below = organization + TrailFolder;
            if (found is null)
            {
                var inside = await ListAsync(source, organization, cancellation);
                found = inside.Contains(below, StringComparer.Ordinal) ? _root + below : null;
            }
        }

        return found is null ? null
            : $"{SingleLine.Of(found)} is a trail's own layout, which is not read: stage 1's output is "
                + "(YYYY/MM/DD/, one event a line).";
    }

    /// <summary>
    /// Describes the years, and the months of the requested year, or of the last year where the requested one is
    /// missing. Null where there is no year.
    /// </summary>
    private async Task<string?> YearsAsync(List<string> folders, CancellationToken cancellation)
    {
        int[] years = NumbersOf(folders, digits: 4);
        if (years.Length == 0)
        {
            return null;
        }

        int year = years.Contains(month.Year) ? month.Year : years[^1];
        string folder = string.Create(CultureInfo.InvariantCulture, $"{year:D4}/");
        var inside = await ListAsync(source, folder, cancellation);
        int[] months = NumbersOf(inside.Select(name => name[folder.Length..]), digits: 2);
        string found = months.Length == 0
            ? "no month"
            : $"the {(months.Length == 1 ? "month" : "months")} {Text(months, "D2")}";
        return $"{_root} has {(years.Length == 1 ? "the year" : "the years")} {Text(years, "D4")}, "
            + $"and of {year} {found}.";
    }

    /// <summary>
    /// Describes the nearest folder above that has folders, to help with a mistyped prefix. Empty where the store
    /// refuses to list it.
    /// </summary>
    private async Task<string> AboveAsync(CancellationToken cancellation)
    {
        try
        {
            for (var above = source.Above; above is not null; above = above.Above)
            {
                var folders = await ListAsync(above, "", cancellation);
                if (folders.Count > 0)
                {
                    return $"{above.UriOf("")} has {Listed(folders)}. ";
                }
            }
        }
        catch (AggregationException)
        {
            // The function's role may be allowed to list only its own prefix.
        }

        return "";
    }

    private static async Task<List<string>> ListAsync(
        IObjectStore store, string prefix, CancellationToken cancellation) =>
        await store.ListFoldersAsync(prefix, cancellation).Take(MaxRead).ToListAsync(cancellation);

    private static string Listed(List<string> folders) =>
        $"{(folders.Count == 1 ? "the folder" : "the folders")} {Names(folders.Take(MaxNamed), folders.Count)}";

    private static string Short(string name) =>
        SingleLine.Of(name.Length > MaxNameLength ? name[..MaxNameLength] + " …" : name);

    /// <summary>The folders whose names are numbers with the given number of digits.</summary>
    private static int[] NumbersOf(IEnumerable<string> folders, int digits) =>
    [
        .. folders
            .Where(name => name.Length == digits + 1 && !name.AsSpan(0, digits).ContainsAnyExceptInRange('0', '9'))
            .Select(name => int.Parse(name.AsSpan(0, digits), CultureInfo.InvariantCulture)),
    ];

    private static string Text(int[] numbers, string format) =>
        Spans.Text(numbers, number => number.ToString(format, CultureInfo.InvariantCulture));
}
