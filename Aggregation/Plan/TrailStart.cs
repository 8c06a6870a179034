using System.Globalization;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Plan;

/// <summary>What the folders at one level of a trail are; the next level is inside them.</summary>
internal enum TrailLevel
{
    /// <summary><c>AWSLogs/</c>, also within <c>o-ORG/</c>, where Control Tower puts it.</summary>
    Logs,

    /// <summary><c>111122223333/</c>, also within <c>o-ORG/</c>.</summary>
    Account,

    /// <summary><c>CloudTrail*/</c>, except <c>CloudTrail-Digest/</c>.</summary>
    Service,

    /// <summary><c>us-east-1/</c>.</summary>
    Region,

    /// <summary><c>YYYY/</c>: here the objects of a month can be listed.</summary>
    Year,

    /// <summary><c>MM/</c>.</summary>
    Month,
}

/// <summary>
/// Where a source's root is on a trail's path,
/// <c>[prefix/][o-ORG/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail*/REGION/YYYY/</c>.
/// </summary>
/// <param name="Next">What the folders at the root are.</param>
/// <param name="Account">The account, if the root is in its folder.</param>
/// <param name="Region">The region, if the root is in its folder.</param>
/// <param name="Year">The year, if the root is in its folder.</param>
internal sealed record TrailStart(TrailLevel Next, string Account = "", string Region = "", int? Year = null)
{
    /// <summary>The folder at the start of every trail.</summary>
    public const string LogsFolder = "AWSLogs/";

    private const string CloudTrail = "CloudTrail", Digest = "CloudTrail-Digest";

    /// <summary>Whether the root is in a folder <c>AWSLogs/</c>.</summary>
    public static bool IsInTrail(string root) => NamesOf(root).Contains(LogsFolder[..^1], StringComparer.Ordinal);

    /// <summary>Reads the path of a root that is in a folder <c>AWSLogs/</c>.</summary>
    /// <exception cref="AggregationException">The path leaves that of a trail.</exception>
    public static TrailStart InTrail(string root)
    {
        string[] names = NamesOf(root);
        var below = new Queue<string>(names[(Array.LastIndexOf(names, LogsFolder[..^1]) + 1)..]);
        if (below.TryPeek(out string? organization) && IsOrganization(organization))
        {
            below.Dequeue();
        }

        var start = new TrailStart(TrailLevel.Account);
        while (below.TryDequeue(out string? name))
        {
            start = start.Next < TrailLevel.Month && IsName(start.Next, name)
                ? start.In(name)
                : throw new AggregationException(
                    $"{root}: '{name}' is not on the path of a trail, which is "
                    + "AWSLogs/[o-ORG/]ACCOUNT/CloudTrail*/REGION/YYYY/. End the source (SRC_PREFIX, --source) there, "
                    + "at the year or above, or set SRC_LAYOUT (--layout) to daily if it is stage 1's output.");
        }

        return start;
    }

    /// <summary>
    /// The start at a root outside of <c>AWSLogs/</c>, a copy of a trail's folder for example: the names in it tell the
    /// level, and the last names of its path the account and the region.
    /// </summary>
    public static TrailStart At(string root, TrailLevel next)
    {
        string[] path = NamesOf(root);
        var start = new TrailStart(next);
        int account = next switch { TrailLevel.Service => 1, TrailLevel.Region => 2, TrailLevel.Year => 3, _ => 0 };
        string? name = path.ElementAtOrDefault(path.Length - account);
        string? last = path.LastOrDefault();
        return start with
        {
            Account = account > 0 && name is not null && SourceSelection.IsAccount(name) ? name : "",
            Region = next == TrailLevel.Year && last is not null && SourceSelection.IsRegion(last) ? last : "",
        };
    }

    /// <summary>Whether a folder's name, without the '/', is one of a level.</summary>
    public static bool IsName(TrailLevel level, string name) => level switch
    {
        TrailLevel.Logs => name == LogsFolder[..^1],
        TrailLevel.Account => SourceSelection.IsAccount(name),
        TrailLevel.Service => name.StartsWith(CloudTrail, StringComparison.Ordinal) && name != Digest,
        TrailLevel.Region => SourceSelection.IsRegion(name),
        TrailLevel.Year => IsYear(name),
        _ => false,
    };

    /// <summary>Whether a folder's name is an organization's.</summary>
    public static bool IsOrganization(string name) => name.StartsWith("o-", StringComparison.Ordinal);

    /// <summary>Whether a folder's name is a year: four digits.</summary>
    public static bool IsYear(string name) => name.Length == 4 && !name.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>The names on the path of a root; a bucket's name is not among them.</summary>
    private static string[] NamesOf(string root)
    {
        const string Scheme = "s3://";
        bool isBucket = root.StartsWith(Scheme, StringComparison.Ordinal);
        string[] names = root[(isBucket ? Scheme.Length : 0)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return isBucket ? names[1..] : names;
    }

    private TrailStart In(string name) => Next switch
    {
        TrailLevel.Account => this with { Next = TrailLevel.Service, Account = name },
        TrailLevel.Service => this with { Next = TrailLevel.Region },
        TrailLevel.Region => this with { Next = TrailLevel.Year, Region = name },
        _ => this with { Next = TrailLevel.Month, Year = int.Parse(name, CultureInfo.InvariantCulture) },
    };
}
