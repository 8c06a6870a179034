using System.Globalization;
using System.Text.Json;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Memory;

/// <summary>
/// Aggregates a month in a process with a memory limit (RLIMIT_DATA: private writable memory, used or not).
/// </summary>
internal sealed record LimitedRun(long Lines, long Events, long PeakBytes)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    public static async Task<LimitedRun> OfAsync(string source, int threads, long dataLimitBytes)
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "prlimit and /proc are Linux's.");
        using var destination = new Layers.TemporaryDirectory();
        string[] limit =
        [
            string.Create(CultureInfo.InvariantCulture, $"--data={dataLimitBytes}"), "--stack=1048576",
            .. CommandLineRun.Program,
        ];
        using var process = CommandLineRun.Start("prlimit",
            [
                .. limit, "aggregate", "--source", source, "--destination", destination.Path, "--month", "2024-02",
                "--threads", $"{threads}", "--json",
            ]);

        var peak = PeakAsync(process.Id);
        var ended = await CommandLineRun.EndOfAsync(process);
        Assert.True(
            ended.ExitCode == 0,
            $"exit code {ended.ExitCode} under a limit of {dataLimitBytes >> 20} MiB: {ended.Error}");
        using var report = JsonDocument.Parse(ended.Output);
        return new LimitedRun(
            report.RootElement.GetProperty("lines").GetInt64(), report.RootElement.GetProperty("events").GetInt64(),
            await peak);
    }

    /// <summary>The maximum resident memory of a process until it ends, in bytes.</summary>
    private static async Task<long> PeakAsync(int processId)
    {
        long peak = 0;
        while (PeakSoFar(processId) is { } bytes)
        {
            peak = bytes;
            await Task.Delay(BetweenLooks);
        }

        return peak;
    }

    private static long? PeakSoFar(int processId)
    {
        const string Peak = "VmHWM:";
        try
        {
            string? line = File.ReadLines($"/proc/{processId}/status")
                .FirstOrDefault(line => line.StartsWith(Peak, StringComparison.Ordinal));
            return line is null
                ? null
                : long.Parse(line.AsSpan(Peak.Length).Trim("\t kB"), CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
