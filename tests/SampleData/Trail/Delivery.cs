using System.Globalization;
using System.Runtime.InteropServices;

namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>The folders of a trail that hold events.</summary>
internal enum TrailFolder
{
    /// <summary>Management and data events.</summary>
    Events,
    Insight,
    NetworkActivity,

    /// <summary>Summaries of data events; these objects are an array without a member Records around it.</summary>
    Aggregated,
}

/// <summary>One object of a trail, before its events are written.</summary>
/// <param name="Folder">The folder that it is delivered into.</param>
/// <param name="Time">The time in its name: a multiple of five minutes.</param>
/// <param name="FirstTime">
/// The time in the name of the first object that has these events: its own, unless it is a copy.
/// </param>
/// <param name="First">The number of its first event.</param>
/// <param name="Events">The number of its events.</param>
/// <param name="IsCopy">
/// Whether a second trail delivered the same events that an earlier object has.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Delivery(
    TrailFolder Folder, DateTime Time, DateTime FirstTime, long First, int Events, bool IsCopy)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>The last multiple of five minutes up to the time.</summary>
    public static DateTime Floor(DateTime time) => new(time.Ticks / Interval.Ticks * Interval.Ticks);

    /// <summary>The folder's name.</summary>
    public string FolderName => Folder == TrailFolder.Events ? "CloudTrail" : $"CloudTrail-{Folder}";

    /// <summary>The object's key below AWSLogs/, or below the organization's folder there.</summary>
    /// <param name="account">The account that the events are of.</param>
    /// <param name="region">The region that the events are of.</param>
    /// <param name="suffix">16 letters and digits that make the name unique.</param>
    public string Key(string account, string region, string suffix) => string.Create(
        CultureInfo.InvariantCulture,
        $"{account}/{FolderName}/{region}/{Time:yyyy}/{Time:MM}/{Time:dd}/"
        + $"{account}_{FolderName}_{region}_{Time:yyyyMMddTHHmm}Z_{suffix}.json.gz");
}
