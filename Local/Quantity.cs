namespace CloudTrailAggregation.Local;

/// <summary>Numbers with their units, for people.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary><c>1 file</c>, <c>12,345 files</c>.</summary>
    public static string Of(long count, string noun) => $"{count:N0} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>Bytes in powers of 1000, with at least three digits: <c>1.25 GB</c>.</summary>
    public static string Bytes(double bytes) => InUnitOf(bytes, bytes) + " " + Units[Unit(bytes)];

    /// <summary><c>0.25 of 1.25 GB</c>.</summary>
    public static string Bytes(double done, double whole) => $"{InUnitOf(done, whole)} of {Bytes(whole)}";

    public static string Duration(TimeSpan duration) => duration.TotalSeconds < 60
        ? $"{duration.TotalSeconds:N1} s"
        : $"{(long)duration.TotalMinutes} min {duration.Seconds} s";

    private static int Unit(double bytes)
    {
        int unit = 0;
        for (; bytes >= 999.5 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1000;
        }

        return unit;
    }

    private static string InUnitOf(double bytes, double whole)
    {
        double scale = Math.Pow(1000, Unit(whole));
        double scaled = whole / scale;
        string digits = Unit(whole) == 0 || scaled >= 99.95 ? "N0" : scaled >= 9.995 ? "N1" : "N2";
        return (bytes / scale).ToString(digits);
    }
}
