using System.Text;

namespace CloudTrailAggregation.Plan;

/// <summary>Compares two listings of one unit, object by object in their common order.</summary>
internal static class ListingDifference
{
    /// <returns>
    /// The key of the first object that came, went or changed, or null, and the number of such objects.
    /// </returns>
    public static (string? First, int Changes) Between(SourceListing before, SourceListing after)
    {
        string? first = null;
        int changes = 0;
        var old = before.Start();
        var now = after.Start();
        old.Next();
        now.Next();
        while (!old.IsAtEnd || !now.IsAtEnd)
        {
            int order = old.IsAtEnd ? 1 : now.IsAtEnd ? -1 : Compare(old, now);
            if (order != 0 || !IsSame(old.Entry, now.Entry))
            {
                changes++;
                first ??= Encoding.UTF8.GetString(order <= 0 ? old.Key : now.Key);
            }

            if (order <= 0)
            {
                old.Next();
            }

            if (order >= 0)
            {
                now.Next();
            }
        }

        return (first, changes);
    }

    private static int Compare(in ListingCursor old, in ListingCursor now)
    {
        int days = old.Entry.Day.CompareTo(now.Entry.Day);
        return days != 0 ? days : old.Key.SequenceCompareTo(now.Key);
    }

    /// <summary>Whether size, ETag and storage of an object are the same.</summary>
    private static bool IsSame(ObjectEntry old, ObjectEntry now) =>
        old.Flags == now.Flags && old.Size == now.Size && old.ETag.SequenceEqual(now.ETag);
}
