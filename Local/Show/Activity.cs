using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Show;

/// <summary>
/// Counts the events of Parquet files: the most frequent names, sources, errors and callers, and the events of each
/// day.
/// </summary>
internal sealed class Activity
{
    private const string Caller = "caller";
    private const string UserIdentity = "user_identity";

    private static readonly string[] ColumnNames =
        ["event_name", "event_source", "error_code", Caller, "event_time"];

    private readonly TopValues[] _top = [new(), new(), new(), new()];
    private readonly Dictionary<DateOnly, long> _days = [];
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly DerivedValues _derived = new();
    private long _rows;
    private long _withoutTime;

    /// <summary>Counts a file's events. A count whose column the file does not have is left out.</summary>
    public void Add(ParquetTable table, CancellationToken cancellation)
    {
        // Files of older versions, and of other tools, have user_identity alone.
        bool hasCaller = IsUsable(table, Caller) || !IsUsable(table, UserIdentity);
        int[] places = Array.ConvertAll(
            ColumnNames, name => PlaceOf(table, name == Caller && !hasCaller ? UserIdentity : name));
        int[] columns = [.. places.Where(place => place >= 0)];
        int[] cells = Array.ConvertAll(places, place => Array.IndexOf(columns, place));
        using var rows = table.ReadRows(columns);
        while (columns.Length > 0 && rows.MoveNext())
        {
            if (rows.Row % 10_000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            Add(rows, cells, hasCaller);
        }
    }

    /// <summary>The counts so far.</summary>
    /// <param name="maxValues">The maximum number of values of each kind.</param>
    public ActivityDetails Details(int maxValues) => new(
        _rows,
        [.. _top.Zip(ColumnNames, (values, name) => new TopDetails(
            name, values.Values, values.Uncounted, values.MostFrequent(maxValues)))],
        [.. _days.OrderBy(day => day.Key).Select(day => new DayCount(day.Key, day.Value))],
        _withoutTime,
        [.. _missing]);

    private void Add(ParquetRows rows, int[] cells, bool hasCaller)
    {
        _rows++;
        for (int at = 0; at < _top.Length; at++)
        {
            if (cells[at] < 0 || rows.IsNull(cells[at]))
            {
                continue;
            }

            var value = rows.Bytes(cells[at]);
            value = ColumnNames[at] != Caller || hasCaller ? value : CallerIn(value);
            if (!value.IsEmpty || ColumnNames[at] != Caller)
            {
                _top[at].Add(value);
            }
        }

        if (cells[^1] >= 0 && rows.Time(cells[^1]) is { } time)
        {
            var day = DateOnly.FromDateTime(time);
            _days[day] = _days.GetValueOrDefault(day) + 1;
        }
        else
        {
            _withoutTime++;
        }
    }

    /// <summary>The caller as the column of that name holds it; empty if there is none.</summary>
    private ReadOnlySpan<byte> CallerIn(ReadOnlySpan<byte> userIdentity)
    {
        _derived.Read(userIdentity);
        return _derived.In(EventSchema.Caller) is { } value
            ? JsonString.ToUtf8(userIdentity[value][1..^1], out _)
            : default;
    }

    private int PlaceOf(ParquetTable table, string name)
    {
        if (IsUsable(table, name))
        {
            return table.IndexOf(name);
        }

        _missing.Add(name);
        return -1;
    }

    private static bool IsUsable(ParquetTable table, string name)
    {
        int place = table.IndexOf(name);
        return place >= 0 && !table.Columns[place].IsRepeated
            && (name == "event_time" ? table.Columns[place].TicksPerUnit > 0 : table.Columns[place].IsText);
    }
}

/// <summary>The counts of <see cref="Activity"/>.</summary>
/// <param name="Rows">Events.</param>
/// <param name="Top">The most frequent values of each kind.</param>
/// <param name="Days">Events of each day (UTC) that has events, in order.</param>
/// <param name="WithoutTime">Events without a time.</param>
/// <param name="Missing">Columns that a file does not have, or that have another type in it.</param>
internal sealed record ActivityDetails(
    long Rows, IReadOnlyList<TopDetails> Top, IReadOnlyList<DayCount> Days, long WithoutTime,
    IReadOnlyList<string> Missing);

/// <summary>The most frequent values of one kind.</summary>
/// <param name="Of">The kind: a column's name, or caller.</param>
/// <param name="Values">The number of different values.</param>
/// <param name="Uncounted">Occurrences of values that came after the maximum of different values was reached.</param>
/// <param name="Most">The most frequent values.</param>
internal sealed record TopDetails(string Of, int Values, long Uncounted, IReadOnlyList<ValueCount> Most);

/// <summary>Events of one day.</summary>
internal sealed record DayCount(DateOnly Day, long Count);
