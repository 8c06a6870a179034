using System.Globalization;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>The cores that this process may use.</summary>
internal static class Processor
{
    /// <summary>
    /// The last <paramref name="count"/> cores, as a list for taskset. The last are taken because interrupts are served
    /// by the first.
    /// </summary>
    public static string Last(int count) => string.Join(',', Allowed().TakeLast(count));

    /// <summary>
    /// The cores before the last <paramref name="count"/>; all of them if there are no more than that.
    /// </summary>
    public static string AllButLast(int count)
    {
        int[] allowed = [.. Allowed()];
        return string.Join(',', allowed.Length > count ? allowed[..^count] : allowed);
    }

    private static IEnumerable<int> Allowed()
    {
        const string Field = "Cpus_allowed_list:";
        var lines = File.ReadLines("/proc/self/status");
        string list = lines.First(line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..];
        return list.Split(',')
            .Select(range => Array.ConvertAll(range.Split('-'), core => int.Parse(core, CultureInfo.InvariantCulture)))
            .SelectMany(range => Enumerable.Range(range[0], range[^1] - range[0] + 1));
    }
}
