using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local;

/// <summary>The systems for which ParquetSharp has a native library.</summary>
internal static class SupportedSystem
{
    /// <exception cref="AggregationException">
    /// This system is not one of them, or the library is missing or damaged.
    /// </exception>
    public static void Require() => ParquetLibrary.Load(
        "It runs on Linux with glibc, macOS and Windows, x64 or arm64. "
        + "On Alpine and other systems with musl use a .NET image of Debian or Ubuntu;"
        + " elsewhere build or publish the program again.");
}
