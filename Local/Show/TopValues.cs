using System.Text;

namespace CloudTrailAggregation.Local.Show;

/// <summary>
/// Counts how often each value occurs. Of more than <see cref="MaxValues"/> different ones, those that come first are
/// counted, and the rest together: memory does not grow with the file.
/// </summary>
internal sealed class TopValues
{
    public const int MaxValues = 100_000;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private char[] _characters = new char[256];

    public TopValues() => _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>How many different values were counted.</summary>
    public int Values => _counts.Count;

    /// <summary>Occurrences of values beyond them.</summary>
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

    /// <summary>The most frequent ones; of equally frequent ones in ordinal order.</summary>
    public IReadOnlyList<ValueCount> Most(int number) =>
        [.. _counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(number).Select(pair => new ValueCount(pair.Key, pair.Value))];
}

/// <summary>A value and how often it occurs.</summary>
internal sealed record ValueCount(string Value, long Count);
