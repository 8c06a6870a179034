using System.Text.RegularExpressions;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>A source object and the day that its folder names, 1 to 31.</summary>
internal readonly record struct SourceOfDay(StoredObject Stored, int Day);

/// <summary>
/// The source objects of a month, in order. They are listed without the product's listing, so that an object it missed
/// is found.
/// </summary>
/// <param name="Layout">The source's layout: daily or trail.</param>
/// <param name="Objects">The objects, by day, then by key.</param>
/// <param name="OpenDays">How many days of a trail's month are not read yet.</param>
internal sealed partial record MonthSource(
    SourceLayout Layout, IReadOnlyList<SourceOfDay> Objects, int OpenDays)
{
    /// <summary>A trail's day is read when it has ended at least this long before.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    public static async Task<MonthSource> ListAsync(
        IObjectStore store, SourceSelection selection, Month month, DateTimeOffset now, CancellationToken cancellation)
    {
        var layout = selection.Layout == SourceLayout.Auto
            ? await LayoutDetection.RunAsync(store, cancellation)
            : selection.Layout;
        int days = DateTime.DaysInMonth(month.Year, month.Number);
        int lastDay = layout == SourceLayout.Trail
            ? Enumerable.Range(1, days).LastOrDefault(day => month.Start.AddDays(day) + Settling <= now)
            : days;
        var objects = layout == SourceLayout.Trail
            ? await new TrailSource(store, selection).ListAsync(month, lastDay, cancellation)
            : await DailyAsync(store, month, cancellation);
        ArchivedObjects.CheckSources([.. objects.Select(each => each.Stored)], store, new Unit(month));
        return new MonthSource(
            layout,
            [.. objects.OrderBy(each => each.Day).ThenBy(each => each.Stored.Key, Utf8Order.Instance)],
            days - lastDay);
    }

    private static async Task<IReadOnlyList<SourceOfDay>> DailyAsync(
        IObjectStore store, Month month, CancellationToken cancellation)
    {
        List<SourceOfDay> sources = [];
        await foreach (var stored in store.ListAsync(month.Prefix, cancellation))
        {
            var name = InDayFolder().Match(stored.Key[month.Prefix.Length..]);
            if (stored.Size > 0 && name.Success)
            {
                sources.Add(new SourceOfDay(stored, int.Parse(name.Groups["day"].ValueSpan)));
            }
        }

        return sources;
    }

    [GeneratedRegex(
        @"\A(?<day>0[1-9]|[12][0-9]|3[01])/.*\.(nd)?json(\.gz)?\z",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex InDayFolder();
}
