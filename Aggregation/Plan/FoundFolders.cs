using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>Describes the folders at a source's root: years and months, a trail, or something else.</summary>
internal sealed class FoundFolders(IObjectStore source, Month month)
{
    /// <summary>The settings and the option that name the source, for messages that ask to correct it.</summary>
    public const string Source = "the source (SRC_BUCKET and SRC_PREFIX, --source)";

    /// <summary>The maximum number of names in a message, and of characters in a name.</summary>
    private const int MaxNamed = 10, MaxNameLength = 80;

    /// <summary>The maximum number of folders read from one listing: one page.</summary>
    private const int MaxRead = 1_000;

    private readonly string _root = source.UriOf("").TrimEnd('/') + "/";

    /// <summary>Describes the root of a source in the daily layout.</summary>
    /// <returns>Sentences: what exists, and what to do.</returns>
    /// <exception cref="AggregationException">The root cannot be listed.</exception>
    public async Task<string> TextAsync(CancellationToken cancellation)
    {
        var folders = await ListAsync(source, "", cancellation);
        if (await YearsAsync("", folders, cancellation) is { } years)
        {
            return $"{years} If the month should be there, see why stage 1 left nothing.";
        }

        // This is a trail only where the layout is set to daily, because auto would have found the trail.
        bool isTrail = TrailStart.IsInTrail(source.Root)
            || folders.Contains(TrailStart.LogsFolder, StringComparer.Ordinal);
        return isTrail ? $"{_root} is a trail's. Set SRC_LAYOUT (--layout) to trail to read it."
            : folders.Count > 0
                ? $"{_root} has no years (YYYY/MM/DD/) and no AWSLogs/, but {Listed(folders)}. Correct {Source}."
            : $"{_root} has no folders at all. {await AboveAsync(cancellation)}Correct {Source}.";
    }

    /// <summary>Describes the first of a trail's regions, none of which has an object in the month.</summary>
    /// <param name="trail">The regions' folders, at least one.</param>
    /// <param name="cancellation">Ends the listings.</param>
    /// <returns>Sentences: what exists, and what to do.</returns>
    /// <exception cref="AggregationException">The region's folder cannot be listed.</exception>
    public async Task<string> TextAsync(TrailReading trail, CancellationToken cancellation)
    {
        string folder = trail.FirstFolder;
        var folders = await ListAsync(source, folder, cancellation);
        string years = await YearsAsync(folder, folders, cancellation) ?? $"{source.UriOf(folder)} has no years.";
        string which = trail.Folders == 1 ? "" : $"None of its {trail.Folders} regions' folders has an object then. ";
        return $"{which}{years} If the month should be there, see whether the trail was on, or correct {Source}.";
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
    /// Describes the years, and the months of the requested year, or of the last year where the requested one is
    /// missing. Null where there is no year.
    /// </summary>
    /// <param name="parent">The folder that should have years: empty, or ending in '/'.</param>
    /// <param name="folders">The folders in it.</param>
    /// <param name="cancellation">Ends the listing of a year.</param>
    private async Task<string?> YearsAsync(string parent, List<string> folders, CancellationToken cancellation)
    {
        int[] years = NumbersOf(folders.Select(name => name[parent.Length..]), digits: 4);
        if (years.Length == 0)
        {
            return null;
        }

        int year = years.Contains(month.Year) ? month.Year : years[^1];
        string folder = string.Create(CultureInfo.InvariantCulture, $"{parent}{year:D4}/");
        var inside = await ListAsync(source, folder, cancellation);
        int[] months = NumbersOf(inside.Select(name => name[folder.Length..]), digits: 2);
        string found = months.Length == 0
            ? "no month"
            : $"the {(months.Length == 1 ? "month" : "months")} {Text(months, "D2")}";
        string place = parent.Length == 0 ? _root : source.UriOf(parent);
        return $"{place} has {(years.Length == 1 ? "the year" : "the years")} {Text(years, "D4")}, "
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

    /// <summary>Names the first folders of a list and says how many more exist.</summary>
    public static string Listed(IReadOnlyCollection<string> folders) =>
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
