using System.Text;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// What was listed below one folder <c>.../YYYY/MM/</c>: its source objects in the order of their keys, and what was
/// skipped. A trail has such a folder for each account, CloudTrail folder and region.
/// </summary>
/// <param name="prefix">The folder's key; empty, or ending in '/'.</param>
/// <param name="names">Which names are sources.</param>
/// <param name="region">The account and region that the folder belongs to; null in the daily layout.</param>
internal sealed class ListedFolder(string prefix, SourceNames names, TrailRegion? region = null)
{
    private const int MaxNamedKeys = 5;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);
    private readonly List<ObjectBlock> _blocks = [];
    private readonly List<StoredObject> _pending = [];
    private readonly List<string> _firstIgnored = [];

    // By the day, 0 for none; null as long as nothing was skipped, which is typical.
    private long[]? _empty;
    private long[]? _ignored;

    public string Prefix => prefix;

    public TrailRegion? Region => region;

    /// <summary>The objects in the order of their keys.</summary>
    public IReadOnlyList<ObjectBlock> Blocks => _blocks;

    public int Count { get; private set; }

    /// <summary>
    /// The day of the last object, 1 to 31. Call it after <see cref="Close"/>, if there is an object.
    /// </summary>
    public int LastDay => _blocks[^1].DayOf(_blocks[^1].Count - 1);

    public long Bytes { get; private set; }

    /// <summary>The number of objects that somebody must restore before they can be read.</summary>
    public int Archived { get; private set; }

    /// <summary>The number of objects of 0 bytes, which are skipped.</summary>
    /// <param name="firstDay">Only those below the folders of this day and later ones; 0 for all.</param>
    public long Empty(int firstDay = 0) => _empty?.Skip(firstDay).Sum() ?? 0;

    /// <summary>The number of keys that are not sources.</summary>
    /// <param name="firstDay">As above.</param>
    public long Ignored(int firstDay = 0) => _ignored?.Skip(firstDay).Sum() ?? 0;

    /// <summary>The first keys that are not sources, at most five.</summary>
    /// <param name="firstDay">As above.</param>
    public IEnumerable<string> FirstIgnored(int firstDay = 0) => _firstIgnored.Where(key => DayOf(key) >= firstDay);

    /// <summary>Adds the next object of the listing. Call <see cref="Close"/> after the last.</summary>
    public void Add(StoredObject stored)
    {
        var name = stored.Key.AsSpan(prefix.Length);
        if (!names.IsSource(name))
        {
            Ignore(stored.Key, name);
        }
        else if (stored.Size == 0)
        {
            Skip(ref _empty, name);
        }
        else
        {
            Count++;
            Bytes += stored.Size;
            Archived += stored.IsArchived ? 1 : 0;
            _pending.Add(stored);
            if (_pending.Count == ObjectBlock.MaxObjects)
            {
                Pack();
            }
        }
    }

    /// <summary>Ends the listing.</summary>
    public void Close()
    {
        if (_pending.Count > 0)
        {
            Pack();
        }

        _pending.TrimExcess();
    }

    /// <summary>The part of this closed folder that is below the folders of some days.</summary>
    /// <param name="first">The first day, 1 to 31.</param>
    /// <param name="last">The last day.</param>
    public ListedFolder OfDays(int first, int last)
    {
        var part = new ListedFolder(prefix, names, region);
        foreach (var block in _blocks.Where(block => block.DayOf(0) <= last && block.DayOf(block.Count - 1) >= first))
        {
            for (int number = 0; number < block.Count; number++)
            {
                if (block.DayOf(number) >= first && block.DayOf(number) <= last)
                {
                    part.Add(block.ObjectAt(number));
                }
            }
        }

        part.Close();
        part._empty = OfDays(_empty);
        part._ignored = OfDays(_ignored);
        part._firstIgnored.AddRange(_firstIgnored.Where(key => IsBetween(DayOf(key))));
        return part;

        bool IsBetween(int day) => day >= first && day <= last;

        long[]? OfDays(long[]? counts) => counts?.Select((count, day) => IsBetween(day) ? count : 0).ToArray();
    }

    private int DayOf(string key) => SourceNames.DayOf(key.AsSpan(prefix.Length));

    private static void Skip(ref long[]? counts, ReadOnlySpan<char> name) =>
        (counts ??= new long[32])[SourceNames.DayOf(name)]++;

    private void Pack()
    {
        _blocks.Add(new ObjectBlock(_prefix, prefix.Length, _pending));
        _pending.Clear();
    }

    private void Ignore(string key, ReadOnlySpan<char> name)
    {
        if (names.IsIgnored(name))
        {
            Skip(ref _ignored, name);
            if (_firstIgnored.Count < MaxNamedKeys)
            {
                _firstIgnored.Add(key);
            }
        }
    }
}
