using System.Globalization;
using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>
/// Months that are far larger than real ones must not need more memory. The tests generate them, in full size if
/// CLOUDTRAIL_HUGE=1, otherwise at most a tenth of it.
/// </summary>
public sealed class HugeMonthTests : IDisposable
{
    private const string Day = "2024/02/01/000000.ndjson.gz";

    /// <summary>More than a month of typical lines takes with one thread (about 150 MiB).</summary>
    private const int BoundMiB = 260;

    private static readonly bool Huge = Environment.GetEnvironmentVariable("CLOUDTRAIL_HUGE") == "1";

    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task A_gigabyte_of_one_line_in_a_few_megabytes_of_gzip_is_one_reject_and_never_held()
    {
        TestRun.RequireFull();
        long bytes = Huge ? 1L << 30 : 200L << 20;
        long stored = await WriteAsync(Day, async gzip =>
        {
            byte[] block = new byte[1 << 20];
            Array.Fill(block, (byte)'x');
            for (long left = bytes; left > 0; left -= block.Length)
            {
                await gzip.WriteAsync(block);
            }

            await gzip.WriteAsync(Encoding.UTF8.GetBytes("\n" + Months.Event(1) + "\n"));
        });

        var run = await MeasuredRun.OfAsync(_months, "--threads", "1");

        Assert.InRange(stored, 1, bytes / 100);
        Assert.Equal((2, 1, 1), (run.Report.Lines, run.Report.Events, run.Report.Rejects));
        Assert.InRange(run.PeakMiB, 20, BoundMiB);
        Assert.Equal((bytes + 2) / 3 * 4, await Base64CharsAsync());
    }

    [Fact]
    public async Task A_hundred_thousand_tiny_objects_are_a_month()
    {
        TestRun.RequireFull();
        int objects = Huge ? 100_000 : 10_000;
        byte[] body = new byte[64];
        for (int number = 0; number < objects; number++)
        {
            string path = Path.Combine(
                _months.Source,
                string.Create(CultureInfo.InvariantCulture, $"2024/02/{1 + (number % 29):00}/{number:000000}.ndjson"));
            if (number < 29)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            int length = Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{{\"eventID\":\"{number}\"}}\n"), body);
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, body.AsSpan(0, length), 0);
        }

        var run = await MeasuredRun.OfAsync(_months, "--threads", "1");

        Assert.Equal((objects, objects, objects), (run.Report.SourceFiles, run.Report.Lines, run.Report.Events));
        Assert.InRange(run.PeakMiB, 20, BoundMiB);
    }

    /// <summary>Above 4 GiB the length in gzip's trailer wraps around.</summary>
    [Fact]
    public async Task One_object_of_5_GB_is_a_month()
    {
        TestRun.RequireFull();
        long bytes = Huge ? 5_000_000_000 : 100_000_000, lines = 0;
        await WriteAsync(Day, async gzip =>
        {
            for (long written = 0; written < bytes; lines++)
            {
                byte[] line = Encoding.UTF8.GetBytes(Months.Event((int)lines).Replace(
                    "\"s3.amazonaws.com\"", $"\"s3.amazonaws.com\",\"requestParameters\":\"{new string('p', 900)}\"",
                    StringComparison.Ordinal) + "\n");
                await gzip.WriteAsync(line);
                written += line.Length;
            }
        });

        var run = await MeasuredRun.OfAsync(_months, "--threads", "1");

        Assert.Equal((1, lines, lines), (run.Report.SourceFiles, run.Report.Lines, run.Report.Events));

        // The duplicate set takes 25 to 31 bytes a line.
        Assert.InRange(run.PeakMiB, 20, BoundMiB + (lines * 31 >> 20));
    }

    private async Task<long> WriteAsync(string key, Func<Stream, Task> write)
    {
        string path = Path.Combine(_months.Source, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            await write(gzip);
        }

        return new FileInfo(path).Length;
    }

    /// <summary>The length of the only reject's base64, read as a stream.</summary>
    private async Task<long> Base64CharsAsync()
    {
        await using var gzip = new GZipStream(
            File.OpenRead(Path.Combine(_months.Destination, "_rejected/2024/02/000000.ndjson.gz")),
            CompressionMode.Decompress);
        byte[] block = new byte[1 << 16];
        long total = 0;
        string start = "";
        for (int read; (read = await gzip.ReadAsync(block)) > 0; total += read)
        {
            start = total == 0 ? Encoding.UTF8.GetString(block, 0, Math.Min(read, 4000)) : start;
        }

        int before = start.IndexOf("\"base64\":\"", StringComparison.Ordinal);
        Assert.True(before > 0, start);
        return total - Encoding.UTF8.GetByteCount(start[..before]) - "\"base64\":\"".Length - "\"}\n".Length;
    }
}
