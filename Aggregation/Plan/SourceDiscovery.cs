using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>Finds and lists the source objects of a unit, in the source's layout.</summary>
/// <param name="store">The source.</param>
/// <param name="selection">What to read.</param>
/// <param name="started">When the run started, which decides the days of a trail that it reads.</param>
/// <param name="deduplicate">Whether a day's run also reads the day before.</param>
internal sealed class SourceDiscovery(
    IObjectStore store, SourceSelection selection, DateTimeOffset started, bool deduplicate)
{
    /// <summary>
    /// A folder of a trail with more objects than this is listed day by day from there on, several days at a time,
    /// because the pages of one listing follow one another. 5 pages at S3's page size.
    /// </summary>
    private const int MaxInOneListing = 5_000;

    /// <exception cref="AggregationException">
    /// The source cannot be listed, has two layouts, or accounts or regions are chosen and it is no trail.
    /// </exception>
    /// <param name="unit">The unit.</param>
    /// <param name="cancellation">Ends the listings.</param>
    /// <param name="forDays">Whether the parts of a month's days are wanted.</param>
    public async Task<SourceListing> ListAsync(
        Unit unit, CancellationToken cancellation, bool forDays = false)
    {
        var layout = selection.Layout == SourceLayout.Auto
            ? await LayoutDetection.RunAsync(store, cancellation)
            : selection.Layout;
        return layout == SourceLayout.Trail
            ? await ListTrailAsync(unit, forDays, cancellation)
            : await ListDailyAsync(unit, forDays, cancellation);
    }

    private async Task<SourceListing> ListDailyAsync(Unit unit, bool forDays, CancellationToken cancellation)
    {
        if (selection.IsNarrowed)
        {
            throw new AggregationException(
                $"{store.Root}: ACCOUNTS and REGIONS (--account, --region) choose from a trail, and this is none: it "
                + $"has no folder AWSLogs/. Remove them, or correct {FoundFolders.Source}.");
        }

        var folder = new ListedFolder(unit.Month.Prefix, SourceNames.Daily);
        if (unit.IsDay)
        {
            await AddDaysAsync(folder, unit.FirstDayRead(deduplicate), unit.Day, cancellation);
        }
        else
        {
            await AddAsync(folder, unit.Prefix, cancellation);
        }

        folder.Close();
        int lastDay = MissingDays.LastDayDue(unit.Month, started);
        return new SourceListing(
            store, unit, selection with { Layout = SourceLayout.Daily }, lastDay, [folder], forDays);
    }

    private async Task<SourceListing> ListTrailAsync(Unit unit, bool forDays, CancellationToken cancellation)
    {
        var chosen = selection with { Layout = SourceLayout.Trail };
        int lastDay = OpenDays.LastDayRead(unit.Month, started);
        if (lastDay < unit.Days.First)
        {
            return new SourceListing(store, unit, chosen, lastDay, []);
        }

        var trail = new TrailFolders(store, selection);
        var start = await trail.StartAsync(cancellation);
        var (regions, nothing) = await trail.FindAsync(start, cancellation);
        if (start.Year is { } year && year != unit.Month.Year)
        {
            nothing = string.Create(
                CultureInfo.InvariantCulture, $"The source is the year {year:D4}. Correct {FoundFolders.Source}.");
            regions = [];
        }

        string month = start.Year is null ? unit.Month.Prefix : unit.Month.Prefix["YYYY/".Length..];
        var folders = unit.IsDay
            ? await Listings.EachAsync(
                regions, (region, stop) => ListDaysAsync(region.Prefix + month, region, unit, stop), cancellation)
            : await ListMonthAsync(regions, month, lastDay, cancellation);
        return new SourceListing(store, unit, chosen, lastDay, folders, forDays) { NoFolder = nothing };
    }

    private async Task<ListedFolder[]> ListMonthAsync(
        IReadOnlyList<TrailRegion> regions, string month, int lastDay, CancellationToken cancellation)
    {
        var firsts = await Listings.EachAsync(
            regions, (region, stop) => ListStartAsync(region.Prefix + month, region, lastDay, stop), cancellation);
        var days = firsts.SelectMany(first => DaysAfter(first.LastDay, lastDay).Select(day => (first.Folder, day)));
        var rest = await Listings.EachAsync(
            [.. days], (each, stop) => ListDayAsync(each.Folder, each.day, stop), cancellation);
        return [.. firsts.Select(first => first.Folder), .. rest];
    }

    /// <summary>Lists a region's month, or in a large one the days up to the one with the 5,000th object.</summary>
    /// <returns>The folder, and the last day that was listed.</returns>
    private async Task<(ListedFolder Folder, int LastDay)> ListStartAsync(
        string prefix, TrailRegion region, int lastDay, CancellationToken cancellation)
    {
        var folder = new ListedFolder(prefix, SourceNames.Trail, region);
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            // The keys are in order, so those of later days follow.
            int day = SourceNames.DayOf(stored.Key.AsSpan(prefix.Length));
            if (day > lastDay)
            {
                break;
            }

            folder.Add(stored);
            lastDay = folder.Count == MaxInOneListing ? day : lastDay;
        }

        folder.Close();
        return (folder, lastDay);
    }

    private async Task<ListedFolder> ListDayAsync(ListedFolder month, int day, CancellationToken cancellation)
    {
        var folder = new ListedFolder(month.Prefix, SourceNames.Trail, month.Region);
        await AddDaysAsync(folder, day, day, cancellation);
        folder.Close();
        return folder;
    }

    private async Task<ListedFolder> ListDaysAsync(
        string prefix, TrailRegion region, Unit unit, CancellationToken cancellation)
    {
        var folder = new ListedFolder(prefix, SourceNames.Trail, region);
        await AddDaysAsync(folder, unit.FirstDayRead(deduplicate), unit.Day, cancellation);
        folder.Close();
        return folder;
    }

    private async Task AddDaysAsync(ListedFolder folder, int first, int last, CancellationToken cancellation)
    {
        for (int day = first; day <= last; day++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"{folder.Prefix}{day:D2}/");
            await AddAsync(folder, prefix, cancellation);
        }
    }

    private async Task AddAsync(ListedFolder folder, string prefix, CancellationToken cancellation)
    {
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            folder.Add(stored);
        }
    }

    private static IEnumerable<int> DaysAfter(int day, int lastDay) => Enumerable.Range(day + 1, lastDay - day);
}
