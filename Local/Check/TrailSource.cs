using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The log files of a month of a trail. They are found without the product's discovery, so that one it missed is
/// missed: the folders are followed down as far as their names are those of a trail.
/// </summary>
internal sealed partial class TrailSource(IObjectStore store, SourceSelection selection)
{
    private const int ListingsAtOnce = 16;

    /// <summary>
    /// The levels of folders, from the top. An organization's folder is above <c>AWSLogs/</c>, below it, or both.
    /// </summary>
    private static readonly Regex[] Levels =
        [LogsFolder(), AccountFolder(), CloudTrailFolder(), RegionFolder(), YearFolder()];

    /// <summary>The objects of the month's days, in no order, each with the day that its folder names.</summary>
    /// <param name="month">The month.</param>
    /// <param name="lastDay">The last day that is wanted.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public async Task<IReadOnlyList<SourceOfDay>> ListAsync(Month month, int lastDay, CancellationToken cancellation)
    {
        var root = await StartAsync(cancellation);
        IReadOnlyCollection<Folder> folders = IsSelected(root) ? [root] : [];
        while (folders.Any(folder => folder.Level < Levels.Length))
        {
            folders = await EachAsync<Folder>(folders, InAsync, cancellation);
        }

        return [.. await EachAsync<SourceOfDay>(
            folders, (folder, stop) => ListAsync(folder, month, lastDay, stop), cancellation)];
    }

    /// <summary>
    /// The store's root, with its level: that of the highest folder in it, if its own path does not tell.
    /// </summary>
    private async Task<Folder> StartAsync(CancellationToken cancellation)
    {
        var path = TrailPath().Match(store.Root);
        var root = new Folder("", 0, Named("account"), Named("region"), Named("year"));
        if (path.Success)
        {
            return root with { Level = 1 + path.Groups["level"].Captures.Count };
        }

        List<string> names = await NamesAsync("", cancellation);
        foreach (string organization in names.FindAll(name => OrganizationFolder().IsMatch(name)))
        {
            names.AddRange(await NamesAsync(organization + "/", cancellation));
        }

        return root with { Level = Math.Max(0, Array.FindIndex(Levels, level => names.Exists(level.IsMatch))) };

        string Named(string group) => path.Groups[group].Value;
    }

    /// <summary>The folders in a folder whose names are of the level, also in an organization's folder in it.</summary>
    private async IAsyncEnumerable<Folder> InAsync(
        Folder folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (folder.Level == Levels.Length)
        {
            yield return folder;
            yield break;
        }

        List<string> names = await NamesAsync(folder.Prefix, cancellation);
        if (folder.Level <= 1)
        {
            foreach (string organization in names.FindAll(name => OrganizationFolder().IsMatch(name)))
            {
                var inside = await NamesAsync($"{folder.Prefix}{organization}/", cancellation);
                names.AddRange(inside.Select(name => $"{organization}/{name}"));
            }
        }

        foreach (string name in names.FindAll(name => Levels[folder.Level].IsMatch(LastOf(name))))
        {
            var found = folder.In($"{folder.Prefix}{name}/", LastOf(name));
            if (IsSelected(found))
            {
                yield return found;
            }
        }
    }

    private static string LastOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private async Task<List<string>> NamesAsync(string prefix, CancellationToken cancellation) =>
        await store.ListFoldersAsync(prefix, cancellation)
            .Select(folder => folder[prefix.Length..^1])
            .ToListAsync(cancellation);

    private bool IsSelected(Folder folder) =>
        IsIn(selection.Accounts, folder.Account) && IsIn(selection.Regions, folder.Region);

    private static bool IsIn(IReadOnlyList<string> chosen, string name) =>
        name.Length == 0 || chosen.Count == 0 || chosen.Contains(name, StringComparer.Ordinal);

    private async IAsyncEnumerable<SourceOfDay> ListAsync(
        Folder year,
        Month month,
        int lastDay,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (year.Year != $"{month.Year:0000}")
        {
            yield break;
        }

        string prefix = $"{year.Prefix}{month.Number:00}/";
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            var name = LogFile().Match(stored.Key[prefix.Length..]);
            if (name.Success && stored.Size > 0 && int.Parse(name.Groups["day"].ValueSpan) is var day && day <= lastDay)
            {
                yield return new SourceOfDay(stored, day);
            }
        }
    }

    private static async Task<IReadOnlyCollection<T>> EachAsync<T>(
        IReadOnlyCollection<Folder> folders,
        Func<Folder, CancellationToken, IAsyncEnumerable<T>> list,
        CancellationToken cancellation)
    {
        var found = new ConcurrentBag<T>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = ListingsAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(folders, options, async (folder, stop) =>
        {
            await foreach (var each in list(folder, stop))
            {
                found.Add(each);
            }
        });
        return found;
    }

    [GeneratedRegex(
        """
        /AWSLogs/(o-[^/]+/)?
        ((?<level>(?<account>[0-9]{12})/)
        ((?<level>CloudTrail[^/]*/)
        ((?<level>(?<region>[^/]+)/)
        ((?<level>(?<year>[0-9]{4})/))?)?)?)?\z
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, 1_000)]
    private static partial Regex TrailPath();

    [GeneratedRegex(@"\AAWSLogs\z", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LogsFolder();

    [GeneratedRegex(@"\Ao-", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex OrganizationFolder();

    [GeneratedRegex(@"\A[0-9]{12}\z", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex AccountFolder();

    [GeneratedRegex(@"\ACloudTrail(?!-Digest\z)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex CloudTrailFolder();

    [GeneratedRegex(@"\A[a-z][a-z0-9]*(-[a-z0-9]+)+-[0-9]+\z", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex RegionFolder();

    [GeneratedRegex(@"\A[0-9]{4}\z", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex YearFolder();

    [GeneratedRegex(
        @"\A(?<day>0[1-9]|[12][0-9]|3[01])/.+\.json(\.gz)?\z",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LogFile();

    /// <param name="Prefix">The folder's prefix.</param>
    /// <param name="Level">The level of the folders in it.</param>
    /// <param name="Account">The account that it is of; empty where it is of none yet.</param>
    /// <param name="Region">The region likewise.</param>
    /// <param name="Year">The year likewise.</param>
    private sealed record Folder(string Prefix, int Level, string Account, string Region, string Year)
    {
        /// <summary>A folder in this one, or in an organization's folder in this one.</summary>
        public Folder In(string prefix, string name) => this with
        {
            Prefix = prefix,
            Level = Level + 1,
            Account = Level == 1 ? name : Account,
            Region = Level == 3 ? name : Region,
            Year = Level == 4 ? name : Year,
        };
    }
}
