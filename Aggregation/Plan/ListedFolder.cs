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
    public long Empty { get; private set; }

    /// <summary>The number of keys that are not sources.</summary>
    public long Ignored { get; private set; }

    /// <summary>The first five keys that are not sources.</summary>
    public IReadOnlyList<string> FirstIgnored => _firstIgnored;

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
            Empty++;
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

    private void Pack()
    {
        _blocks.Add(new ObjectBlock(_prefix, prefix.Length, _pending));
        _pending.Clear();
    }

    private void Ignore(string key, ReadOnlySpan<char> name)
    {
        if (names.IsIgnored(name))
        {
            Ignored++;
            if (_firstIgnored.Count < MaxNamedKeys)
            {
                _firstIgnored.Add(key);
            }
        }
    }
}
