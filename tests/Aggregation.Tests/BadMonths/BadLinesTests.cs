using System.Globalization;
using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>
/// Months with lines that are not events: a few become rejects, too many fail the run, which names them.
/// </summary>
public sealed class BadLinesTests() : MonthTest(new DirectoryMonthStores())
{
    private const string Good = "2024/02/01/000000.ndjson.gz";
    private const string Bad = "2024/02/02/000000.ndjson.gz";

    /// <summary>Objects that are not NDJSON, by format.</summary>
    public static TheoryData<string, byte[]> OtherFormats() => new()
    {
        {
            "CSV",
            Encoding.UTF8.GetBytes(
                "eventTime,eventName\n" + string.Concat(Enumerable.Repeat("2024-02-02T00:00:00Z,GetObject\n", 3)))
        },
        {
            "one pretty-printed event",
            "{\n  \"eventID\": \"a\",\n  \"eventTime\": \"2024-02-02T00:00:00Z\"\n}\n"u8.ToArray()
        },
        { "NDJSON in UTF-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Event("a") + "\n" + Event("b") + "\n")] },
        { "Parquet", [.. "PAR1"u8, 0x15, 0x04, 0x15, 0x0A, 0x4C, 0, 0xFF, .. "PAR1"u8] },
        { "noise", Noise(200_000) },
    };

    [Theory]
    [MemberData(nameof(OtherFormats))]
    public async Task An_object_that_is_no_NDJSON_fails_the_month_when_there_is_nothing_else_and_names_object_and_line(
        string format, byte[] bytes)
    {
        await PutTextAsync(Bad, bytes);

        var failure = await FailsAsync();

        if (FramingOracle.Split(bytes).IsDamaged)
        {
            // Noise also has a line that begins with a bracket.
            Assert.True(
                failure.Message.StartsWith(Source.UriOf(Bad), StringComparison.Ordinal),
                $"{format}: {failure.Message}");
            Assert.IsType<DamagedObjectException>(failure);
        }
        else
        {
            Assert.StartsWith($"{Source.UriOf("2024/02/")}: ", failure.Message, StringComparison.Ordinal);
            Assert.True(
                failure.Message.Contains($"{Source.UriOf(Bad)}, line 1: is not", StringComparison.Ordinal),
                $"{format}: {failure.Message}");
            Assert.Contains("Fix the source or raise MAX_REJECTED_PERCENT", failure.Message, StringComparison.Ordinal);
        }

        Assert.True(failure.Message.Length < 2_000, failure.Message);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData("000000.ndjson.gz", "is named .gz, but holds neither gzip nor JSON")]
    [InlineData("000000.ndjson.gz", "is damaged: a gzip header is not valid", 0x1F, 0x8B, 0, 0, 0, 0, 0, 0, 0, 0)]
    public async Task An_object_whose_name_promises_gzip_that_it_does_not_hold_is_named_with_the_way_out(
        string name, string what, params int[] start)
    {
        await PutAsync(Good, Events(3));
        await PutBytesAsync($"2024/02/02/{name}", [.. start.Select(letter => (byte)letter), .. Noise(1000)]);

        var failure = await FailsAsync();

        Assert.Equal(
            $"{Source.UriOf($"2024/02/02/{name}")}: it {what}. Copy or gather that object again, then rerun the month; "
            + "or leave damaged objects out with DAMAGED_OBJECTS=skip (--damaged-objects skip).",
            failure.Message);
    }

    [Fact]
    public async Task Two_percent_of_bad_lines_fail_with_the_first_places_and_go_through_when_they_are_accepted()
    {
        await PutAsync(Good, [.. Events(10_000).Select((line, number) => number % 50 == 7 ? line[..^1] : line)]);

        var failure = await FailsAsync();
        var result = await RunAsync(new RunOptions { MaxRejectedPercent = 2 });

        Assert.StartsWith(
            $"{Source.UriOf("2024/02/")}: 200 of 10000 records are rejects, more than 100 and more than 1 %. "
            + "Nothing was replaced. Fix the source or raise MAX_REJECTED_PERCENT (--max-rejected-percent). "
            + $"The first: {Source.UriOf(Good)}, line 8: is not valid JSON: ',' or '}}' is missing (byte ",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Equal((9_800, 200), (result.Report.Events, result.Report.Rejects));
        Assert.Equal(
            Enumerable.Range(0, 200).Select(number => (number * 50) + 8L),
            result.Rejects.Select(reject => reject.Line));
    }

    [Fact]
    public async Task One_bad_line_in_a_million_is_kept_with_its_object_and_number()
    {
        TestRun.RequireFull();
        const int BadLine = 654_321;
        await PutBytesAsync(Bad, Million(BadLine));

        var report = await new AggregationRun(Source, Destination, new RunOptions(), TimeProvider.System)
            .RunAsync(new Unit(Month), Cancellation);

        Assert.Equal((1_000_000, 999_999, 0, 1), (report.Lines, report.Events, report.Duplicates, report.Rejects));
        var reject = Assert.Single(KeptReject.Parse(await BytesAsync(Rejects0)));
        Assert.Equal((Source.UriOf(Bad), BadLine, "is not a JSON object"), (reject.Source, reject.Line, reject.Error));
    }

    private static byte[] Million(int badLine)
    {
        var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Fastest))
        {
            for (int line = 1; line <= 1_000_000; line++)
            {
                gzip.Write(line == badLine
                    ? "no event\n"u8
                    : Encoding.ASCII.GetBytes(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{{\"eventID\":\"{line}\",\"eventTime\":\"2024-02-02T00:00:00Z\"}}\n")));
            }
        }

        return stored.ToArray();
    }

    private static byte[] Noise(int bytes)
    {
        byte[] noise = new byte[bytes];
        new Random(bytes).NextBytes(noise);

        // Neither the start of gzip nor of an event.
        noise[0] = 0xFF;
        return noise;
    }
}
