using System.Diagnostics;
using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>The command line over a month, in a process whose memory is measured.</summary>
/// <param name="Report">What it reported.</param>
/// <param name="PeakMiB">Its maximum working set, in MiB.</param>
internal sealed record MeasuredRun(RunReport Report, long PeakMiB)
{
    public static async Task<MeasuredRun> OfAsync(Months months, params string[] more)
    {
        using var process = CommandLineRun.Start(
            CommandLineRun.Program[0],
            [.. CommandLineRun.Program[1..], .. months.Aggregate(["--json", .. more])]);
        using var ended = new CancellationTokenSource();
        var peakBytes = PeakAsync(process.Id, ended.Token);
        var run = await CommandLineRun.EndOfAsync(process, TimeSpan.FromMinutes(30));
        await ended.CancelAsync();
        long peak = await peakBytes;
        Assert.True(run.ExitCode == 0, run.Error);
        var report = JsonSerializer.Deserialize(run.Output, ReportJson.Readable.RunReport)!;
        TestContext.Current.SendDiagnosticMessage(
            $"{report.Lines} lines, {report.DurationMilliseconds} ms, {peak >> 20} MiB");
        return new MeasuredRun(report, peak >> 20);
    }

    /// <summary>
    /// The maximum working set until the process ended, in bytes. The system keeps the maximum, so infrequent reads are
    /// enough.
    /// </summary>
    private static async Task<long> PeakAsync(int processId, CancellationToken ended)
    {
        long peak = 0;
        while (!ended.IsCancellationRequested)
        {
            try
            {
                using var process = Process.GetProcessById(processId);
                peak = Math.Max(peak, process.PeakWorkingSet64);
                await Task.Delay(20, ended);
            }
            catch (Exception over)
                when (over is OperationCanceledException or ArgumentException or InvalidOperationException)
            {
                break;
            }
        }

        return peak;
    }
}
