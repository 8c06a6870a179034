using System.Globalization;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>The cores that this process may use.</summary>
internal static class Processor
{
    /// <summary>The last so many of them, as taskset takes them: interrupts are served by the first.</summary>
    public static string Last(int count) => string.Join(',', Allowed().TakeLast(count));

    private static IEnumerable<int> Allowed()
    {
        const string Field = "Cpus_allowed_list:";
        string list = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..];
        return list.Split(',').Select(range => range.Split('-').Select(core => int.Parse(core, CultureInfo.InvariantCulture)).ToArray())
            .SelectMany(range => Enumerable.Range(range[0], range[^1] - range[0] + 1));
    }
}
