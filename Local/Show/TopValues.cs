using System.Text;

namespace CloudTrailAggregation.Local.Show;

/// <summary>
/// Counts how often each value occurs. The first <see cref="MaxValues"/> different values are counted each and the rest
/// together, so that memory does not grow with the file.
/// </summary>
internal sealed class TopValues
{
    public const int MaxValues = 100_000;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private char[] _characters = new char[256];

    public TopValues() => _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The number of different values that were counted.</summary>
    public int Values => _counts.Count;

    /// <summary>Occurrences of the values that were not counted each.</summary>
    public long Uncounted { get; private set; }

    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (_characters.Length < utf8.Length)
        {
            _characters = new char[utf8.Length];
        }

        Add(_characters.AsSpan(0, Encoding.UTF8.GetChars(utf8, _characters)));
    }

    public void Add(ReadOnlySpan<char> value)
    {
        if (_lookup.TryGetValue(value, out long count) || _counts.Count < MaxValues)
        {
            _lookup[value] = count + 1;
        }
        else
        {
            Uncounted++;
        }
    }

    /// <summary>The most frequent values; equally frequent values are in ordinal order.</summary>
    public IReadOnlyList<ValueCount> MostFrequent(int number) =>
        [.. _counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(number).Select(pair => new ValueCount(pair.Key, pair.Value))];
}

/// <summary>A value and how often it occurs.</summary>
internal sealed record ValueCount(string Value, long Count);
