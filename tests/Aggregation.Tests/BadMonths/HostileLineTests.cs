using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Tests.Events;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>
/// Lines of the maximum length that are made as expensive as possible: time is linear, memory has a limit.
/// </summary>
public sealed class HostileLineTests : IDisposable
{
    /// <summary>
    /// Several times the slowest kind's time, even in a Debug build; quadratic work takes a hundred times as much.
    /// </summary>
    private static readonly TimeSpan MaxPerMebibyte = TimeSpan.FromSeconds(1);

    private readonly Months _months = new();
    private readonly RowReader _reader = new();

    public void Dispose()
    {
        _months.Dispose();
        _reader.Dispose();
    }

    [Theory]
    [InlineData("members of many names", "{", "\"#\":0,", "\"z\":0}", "")]
    [InlineData("members of one name", "{", "\"\":0,", "\"\":0}", "")]
    [InlineData("members with escaped names", "{", "\"\\u0041#\":0,", "\"z\":0}", "")]
    [InlineData("a known member again and again", "{", "\"eventID\":0,\"eventId\":1,", "\"eventID\":2}", "")]
    [InlineData("a known member with an escape", "{", "\"userAgent\":\"\\u0041\",", "\"eventID\":2}", "")]
    [InlineData("empty arrays", "{\"a\":[", "[],", "0]}", "")]
    [InlineData(
        "deep arrays", "{\"a\":[", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],",
        "0]}", "")]
    [InlineData("objects in objects", "{\"a\":[", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}},", "0]}", "")]
    [InlineData("too many levels", "{\"a\":", "[", "", "is nested deeper than 256 levels (byte 261)")]
    [InlineData("an open string", "{\"a\":\"", "x", "", "ends within a string (byte #)")]
    [InlineData("escapes", "{\"userAgent\":\"", "\\u0041", "\"}", "")]
    [InlineData("half surrogate pairs", "{\"userAgent\":\"", "\\ud800", "\"}", "")]
    [InlineData("characters of three bytes", "{\"userAgent\":\"", "漢", "\"}", "")]
    [InlineData("digits", "{\"a\":", "1", "}", "")]
    [InlineData("a fraction of a second", "{\"eventTime\":\"2024-02-29T00:00:00.", "1", "Z\"}", "")]
    [InlineData("white space", "{\"a\":", " ", "1}", "")]
    [InlineData("nothing but white space", "", " \t", "", "is not a JSON object")]
    public void The_processor_time_for_a_line_follows_its_length_and_nothing_of_it_is_passed_over(
        string kind, string start, string repeated, string end, string error)
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "Only Linux reports the processor time of one thread.");
        foreach (int mebibytes in (int[])[1, 8])
        {
            byte[] line = Line(mebibytes << 20, start, repeated, end);

            long before = ThreadTime.Nanoseconds;
            bool isEvent = _reader.Accepts(line);
            var took = TimeSpan.FromMicroseconds((ThreadTime.Nanoseconds - before) / 1000);

            Assert.Equal(
                error.Replace("#", $"{line.Length + 1}", StringComparison.Ordinal), isEvent ? "" : _reader.Error);
            Assert.True(
                took < MaxPerMebibyte * mebibytes,
                $"{kind}: {took.TotalSeconds:N2} s of a processor for {mebibytes} MiB");
        }

        // A short time means something only if the whole line is read.
        if (error.Length == 0)
        {
            byte[] line = Line(1 << 16, start, repeated, end);
            RebuiltEvent.AssertEqual(line, _reader.Read(line));
        }
    }

    /// <summary>The limit is the one in docs/security.md.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Lines_of_millions_of_members_take_no_more_memory_than_the_bound(string threads)
    {
        const int Lines = 12, MebibytesPerThread = 600;
        TestRun.RequireFull();
        string path = _months.Write("2024/02/01/000000.ndjson");
        await using (var file = File.OpenWrite(path))
        {
            for (int line = 0; line < Lines; line++)
            {
                byte[] text = Line(RecordFraming.MaxRecordBytes, "{\"eventID\":1,", "\"#\":0,", $"\"z\":{line}}}");
                await file.WriteAsync(text, TestContext.Current.CancellationToken);
                await file.WriteAsync("\n"u8.ToArray(), TestContext.Current.CancellationToken);
            }
        }

        var run = await MeasuredRun.OfAsync(_months, "--threads", threads);

        Assert.Equal(Lines, run.Report.Events);
        Assert.InRange(run.PeakMiB, 20, MebibytesPerThread * int.Parse(threads));
    }

    /// <summary>A line of about this number of bytes; each # becomes another number.</summary>
    private static byte[] Line(int bytes, string start, string repeated, string end)
    {
        var line = new StringBuilder(start);
        int width = Encoding.UTF8.GetByteCount(repeated) - repeated.Count(c => c == '#')
            + (repeated.Contains('#', StringComparison.Ordinal) ? 6 : 0);
        for (int number = 0, count = (bytes - start.Length - end.Length) / width; number < count; number++)
        {
            _ = repeated.Contains('#', StringComparison.Ordinal)
                ? line.Append(repeated.Replace("#", number.ToString("x6"), StringComparison.Ordinal))
                : line.Append(repeated);
        }

        return Encoding.UTF8.GetBytes(line.Append(end).ToString());
    }
}
