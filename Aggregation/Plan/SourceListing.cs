using System.Collections;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>The keys in a unit's folders that are not sources.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="First">The first five, in ordinal order.</param>
public sealed record IgnoredKeys(long Count, IReadOnlyList<string> First);

/// <summary>
/// The source objects of a unit in their order: by day, then by key. An object costs about 60 bytes; the indexer makes
/// its strings on demand.
/// </summary>
internal sealed class SourceListing
{
    private const int MaxNamedKeys = 5;

    private readonly IObjectStore _store;
    private readonly ListedFolder[]? _folders;
    private readonly ObjectBlock[] _blocks;
    private readonly Stretch[] _stretches;
    private readonly int[] _firstPlaces;

    /// <param name="store">The store that was listed.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="selection">What was selected; its layout is known.</param>
    /// <param name="lastDayDue">The last day that is due, 1 to 31; 0 for none.</param>
    /// <param name="folders">The folders that were listed, each to its end.</param>
    /// <param name="keepsFolders">Whether <see cref="OfDay"/> may be called, which costs memory.</param>
    public SourceListing(
        IObjectStore store,
        Unit unit,
        SourceSelection selection,
        int lastDayDue,
        IReadOnlyCollection<ListedFolder> folders,
        bool keepsFolders = false)
    {
        bool isTrail = selection.Layout == SourceLayout.Trail;
        (_store, Unit, Selection, LastDayDue) = (store, unit, selection, lastDayDue);
        Where = isTrail ? $"{store.UriOf("")} ({unit})" : store.UriOf(unit.Prefix);
        OpenDays = isTrail ? Plan.OpenDays.Of(unit, lastDayDue) : [];
        ListedFolder[] inOrder = [.. folders.OrderBy(folder => folder.Prefix, Utf8Order.Instance)];
        _folders = keepsFolders ? inOrder : null;
        _blocks = [.. inOrder.SelectMany(folder => folder.Blocks)];
        _stretches = StretchesByDay(_blocks);
        _firstPlaces = new int[_stretches.Length];
        int firstDay = unit.IsDay ? unit.Day : 0;
        for (int number = 0; number < _stretches.Length; number++)
        {
            _firstPlaces[number] = Count;
            Count += _stretches[number].Count;
            OfDayBefore = DayOf(_stretches[number]) < firstDay ? Count : OfDayBefore;
        }

        Bytes = inOrder.Sum(folder => folder.Bytes);
        BytesOfDayBefore = Enumerable.Range(0, OfDayBefore).Sum(SizeAt);
        Archived = inOrder.Sum(folder => folder.Archived);
        EmptyObjects = inOrder.Sum(folder => folder.Empty(firstDay));
        Ignored = new IgnoredKeys(
            inOrder.Sum(folder => folder.Ignored(firstDay)),
            [.. inOrder.SelectMany(folder => folder.FirstIgnored(firstDay)).Take(MaxNamedKeys)]);
        Days = [.. _stretches.Select(DayOf).Where(day => day >= firstDay).Distinct()];
        Trail = isTrail
            ? TrailReading.Of(inOrder, selection, unit.IsDay ? Math.Min(unit.Day, lastDayDue) : lastDayDue)
            : null;
    }

    /// <summary>The unit.</summary>
    public Unit Unit { get; }

    /// <summary>What was selected; the layout is the source's, never <see cref="SourceLayout.Auto"/>.</summary>
    public SourceSelection Selection { get; }

    /// <summary>The root of the store that was listed.</summary>
    public string Root => _store.Root;

    /// <summary>The place of the objects, as messages name it.</summary>
    public string Where { get; }

    /// <summary>The last day that is due, 1 to 31; 0 for none. A run reads no later day of a trail.</summary>
    public int LastDayDue { get; }

    /// <summary>Of a trail, the days of the month that are not read yet.</summary>
    public IReadOnlyList<DateOnly> OpenDays { get; }

    /// <summary>The due days of a month after the first day with an object that have none.</summary>
    public IReadOnlyList<DateOnly> MissingDays =>
        Unit.IsDay ? [] : Plan.MissingDays.Of(Unit.Month, Days, LastDayDue);

    /// <summary>How many objects there are.</summary>
    public int Count { get; }

    /// <summary>
    /// How many of them, the first ones, are of the day before the unit: they are read only to find duplicates.
    /// </summary>
    public int OfDayBefore { get; }

    /// <summary>The stored bytes of the objects of the day before the unit.</summary>
    public long BytesOfDayBefore { get; }

    /// <summary>The stored bytes of all objects together.</summary>
    public long Bytes { get; }

    /// <summary>How many of the objects must be restored before they can be read.</summary>
    public int Archived { get; }

    /// <summary>The number of the unit's objects of 0 bytes, which are skipped.</summary>
    public long EmptyObjects { get; }

    /// <summary>The unit's keys that are not sources.</summary>
    public IgnoredKeys Ignored { get; }

    /// <summary>The unit's days that have an object, 1 to 31, in order.</summary>
    public IReadOnlyList<int> Days { get; }

    /// <summary>What is read of a trail; null in the daily layout.</summary>
    public TrailReading? Trail { get; }

    /// <summary>Why no folder of a trail was found to be listed; null in any other case.</summary>
    public string? NoFolder { get; init; }

    /// <summary>The objects in order, as they were listed.</summary>
    public IReadOnlyList<StoredObject> Objects => field ??= new StoredObjects(this);

    /// <summary>The object at a place in the order, from 0.</summary>
    public SourceObject this[int place]
    {
        get
        {
            var (block, number) = At(place);
            var stored = block.ObjectAt(number);
            return new SourceObject(stored, place, _store.UriOf(stored.Key), block.DayOf(number));
        }
    }

    /// <summary>The stored bytes of the object at a place.</summary>
    public long SizeAt(int place)
    {
        var (block, number) = At(place);
        return block[number].Size;
    }

    /// <summary>The part of a month's listing that a run of one of its days reads.</summary>
    /// <param name="day">The day, 1 to 31.</param>
    /// <param name="firstDayRead">The first day that the run reads.</param>
    public SourceListing OfDay(int day, int firstDayRead) => new(
        _store,
        Unit with { Day = day },
        Selection,
        LastDayDue,
        [.. _folders!.Select(folder => folder.OfDays(firstDayRead, day))])
    {
        NoFolder = NoFolder,
    };

    /// <summary>Starts to step through the objects.</summary>
    public ListingCursor Start() => new(this);

    /// <summary>Compares this listing with a later one of the same unit.</summary>
    /// <exception cref="ObjectChangedException">A source came, went or changed between the two.</exception>
    public void CheckUnchanged(SourceListing later)
    {
        var (first, changes) = ListingDifference.Between(this, later);
        if (first is not null)
        {
            throw new ObjectChangedException(
                $"{_store.UriOf(first)}: it came, went or changed while the month was read "
                + $"({changes} changes in the listing). Nothing was replaced. "
                + "Run the month again once the source is idle.");
        }
    }

    /// <summary>The block of the object at a place, and its number in the block.</summary>
    internal (ObjectBlock Block, int Number) At(int place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
        int found = Array.BinarySearch(_firstPlaces, place);
        int number = found >= 0 ? found : ~found - 1;
        var stretch = _stretches[number];
        return (_blocks[stretch.Block], stretch.First + place - _firstPlaces[number]);
    }

    private static Stretch[] StretchesByDay(ObjectBlock[] blocks)
    {
        var byDay = new List<Stretch>[32];
        for (int block = 0; block < blocks.Length; block++)
        {
            for (int first = 0, next; first < blocks[block].Count; first = next)
            {
                int day = blocks[block].DayOf(first);
                for (next = first + 1; next < blocks[block].Count && blocks[block].DayOf(next) == day;)
                {
                    next++;
                }

                (byDay[day] ??= []).Add(new Stretch(block, (short)first, (short)(next - first)));
            }
        }

        return [.. byDay.OfType<List<Stretch>>().SelectMany(stretches => stretches)];
    }

    private int DayOf(Stretch stretch) => _blocks[stretch.Block].DayOf(stretch.First);

    /// <summary>Successive objects of one block and one day.</summary>
    private readonly record struct Stretch(int Block, short First, short Count);

    /// <summary>The objects, made on demand.</summary>
    private sealed class StoredObjects(SourceListing listing) : IReadOnlyList<StoredObject>
    {
        public int Count => listing.Count;

        public StoredObject this[int place]
        {
            get
            {
                var (block, number) = listing.At(place);
                return block.ObjectAt(number);
            }
        }

        public IEnumerator<StoredObject> GetEnumerator()
        {
            for (int place = 0; place < Count; place++)
            {
                yield return this[place];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
