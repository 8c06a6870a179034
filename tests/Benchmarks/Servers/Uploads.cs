using System.Collections.Concurrent;
using System.Globalization;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>Multipart uploads that are not complete. Each upload part is kept in memory.</summary>
internal sealed class Uploads
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> _parts =
        new(StringComparer.Ordinal);

    private int _started;

    /// <summary>Starts an upload.</summary>
    /// <returns>Its id.</returns>
    public string Start()
    {
        string id = Interlocked.Increment(ref _started).ToString(CultureInfo.InvariantCulture);
        _parts[id] = [];
        return id;
    }

    public void Keep(string id, int number, byte[] part) => _parts[id][number] = part;

    /// <summary>Ends an upload.</summary>
    /// <returns>The upload parts, one after the other.</returns>
    public byte[] End(string id)
    {
        if (!_parts.TryRemove(id, out var parts))
        {
            throw new InvalidOperationException($"there is no upload {id}");
        }

        byte[] whole = new byte[parts.Values.Sum(part => part.Length)];
        int filled = 0;
        foreach (byte[] part in parts.OrderBy(part => part.Key).Select(part => part.Value))
        {
            part.CopyTo(whole, filled);
            filled += part.Length;
        }

        return whole;
    }
}
