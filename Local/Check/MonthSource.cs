using System.Text.RegularExpressions;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The source objects of a month, in order. They are listed without the product's listing, so that an object it missed
/// is found.
/// </summary>
internal static partial class MonthSource
{
    public static async Task<IReadOnlyList<StoredObject>> ListAsync(
        IObjectStore store, Month month, CancellationToken cancellation)
    {
        List<StoredObject> sources = [];
        await foreach (var stored in store.ListAsync(month.Prefix, cancellation))
        {
            if (stored.Size > 0 && InDayFolder().IsMatch(stored.Key[month.Prefix.Length..]))
            {
                sources.Add(stored);
            }
        }

        ArchivedObjects.CheckSources(sources, store, new Unit(month));
        return [.. sources.OrderBy(source => source.Key, Utf8Order.Instance)];
    }

    /// <summary>The day of a source, 1 to 31.</summary>
    public static int DayOf(StoredObject source) => int.Parse(source.Key.AsSpan("YYYY/MM/".Length, "DD".Length));

    [GeneratedRegex(
        @"\A(0[1-9]|[12][0-9]|3[01])/.*\.(nd)?json(\.gz)?\z",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex InDayFolder();
}
