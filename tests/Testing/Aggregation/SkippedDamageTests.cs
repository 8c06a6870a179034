using System.Buffers.Binary;
using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// With DAMAGED_OBJECTS=skip a damaged object contributes nothing, whatever part of it can be read, and is named.
/// </summary>
public abstract class SkippedDamageTests(MonthStores stores) : MonthTest(stores)
{
    private const string First = "2024/02/01/000000.json.gz";
    private const string Middle = "2024/02/02/000000.json.gz";
    private const string Last = "2024/02/03/000000.json.gz";

    private static readonly RunOptions Skip = new() { DamagedObjects = DamagedObjects.Skip };

    private static readonly string Events1 = string.Join('\n', Events(900)) + "\nno event\n";

    /// <summary>Chunks of lines and of a container: 1.5 MB.</summary>
    private static readonly string Large = string.Join('\n', LargeEvents(1_500));

    private static readonly string Container = $$"""{"Records":[{{string.Join(',', LargeEvents(1_500))}}]}""";

    public static TheoryData<string, byte[]> Damage() => new()
    {
        { "truncated gzip", Gzip(Encoding.UTF8.GetBytes(Events1))[..^1] },
        { "a wrong checksum after several chunks", WrongChecksum(Large) },
        { "stray bytes after several chunks", [.. Gzip(Encoding.UTF8.GetBytes(Large)), 0] },
        { "a container of several chunks that is cut", Gzip(Encoding.UTF8.GetBytes(Container[..^1])) },
        {
            "a container of several chunks with a comma too many",
            Gzip(Encoding.UTF8.GetBytes(Container[..^2] + ",]}"))
        },
        { "a member after the records", Gzip(Encoding.UTF8.GetBytes(Container[..^1] + ",\"x\":1}")) },
        {
            "lines, and an object that holds records",
            Gzip(Encoding.UTF8.GetBytes(Large + "\n" + """{"x":1,"Records":[{"eventID":"a"}]}""" + "\n"))
        },
        { "neither gzip nor JSON", "no event"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public async Task A_damaged_object_contributes_nothing_wherever_it_is(string how, byte[] damaged)
    {
        foreach (string key in (string[])[First, Middle, Last])
        {
            foreach (string whole in (string[])[First, Middle, Last])
            {
                // What the damaged object holds is in the others too: it must make no duplicates there.
                await PutTextAsync(whole, Events1 + Large.Replace('\n', ' ') + "\n" + Event(whole));
            }

            await Source.DeleteAsync(key, Cancellation);
            var without = await RunAsync(Skip with { Replace = true });
            await PutBytesAsync(key, damaged);
            Assert.StartsWith(
                Source.UriOf(key), (await FailsAsync<DamagedObjectException>()).Message, StringComparison.Ordinal);
            foreach (int threads in (int[])[1, 2, 6])
            {
                var skipped = await RunAsync(Skip with { Threads = threads, Replace = true });

                Assert.True(
                    skipped.Report.DamagedObjects is { Count: 1, First: [var uri] } && uri == Source.UriOf(key), how);
                Assert.Equal(CountsOf(without), CountsOf(skipped));
                Assert.Equal(
                    without.Rejects.Select(reject => (reject.Source, reject.Line)),
                    skipped.Rejects.Select(reject => (reject.Source, reject.Line)));
                Assert.True(
                    DataOf(without.Files[0]).SequenceEqual(DataOf(skipped.Files[0])), $"{how}: the files differ.");
            }
        }
    }

    [Fact]
    public async Task The_damaged_objects_are_counted_and_the_first_five_are_named()
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(10));
        for (int number = 0; number < 7; number++)
        {
            await PutTextAsync($"2024/02/02/{number}.json", "[");
        }

        foreach (int threads in (int[])[1, 4])
        {
            var result = await RunAsync(Skip with { Threads = threads });

            string[] first = [.. Enumerable.Range(0, 5).Select(number => Source.UriOf($"2024/02/02/{number}.json"))];
            Assert.Equal(7, result.Report.DamagedObjects.Count);
            Assert.Equal(first, result.Report.DamagedObjects.First);
            var metadata = DuckDbRows.Metadata(result.Files[0]);
            Assert.Equal("7", metadata["cloudtrail_aggregation.damaged_objects_so_far"]);
            Assert.Equal(first, metadata["cloudtrail_aggregation.first_damaged_objects"].Split('\n'));
            Assert.Equal((8, 0), (result.Report.SourceFiles, result.Report.ObjectsWithoutEvents.Count));
        }
    }

    [Fact]
    public async Task Without_damage_the_file_has_the_same_data_and_no_word_of_damage()
    {
        await PutAsync(First, LargeEvents(1_200));
        await PutTextAsync(Last, Container);

        var failing = await RunAsync();
        var skipping = await RunAsync(Skip with { Threads = 2 });

        Assert.Equal(0, skipping.Report.DamagedObjects.Count);
        Assert.True(DataOf(failing.Files[0]).SequenceEqual(DataOf(skipping.Files[0])));
        Assert.DoesNotContain(
            DuckDbRows.Metadata(skipping.Files[0]).Keys, name => name.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_is_too_large_to_be_fetched_whole_is_opened_twice()
    {
        const string Large1 = "2024/02/02/large.json", Large2 = "2024/02/02/larger.json";
        string records = string.Join(',', LargeEvents(19_000));
        await PutTextAsync(Large1, $"[{records}]");
        await PutTextAsync(Large2, $"[{records},]");
        int opened = 0;
        var source = new InterruptedStore(Source)
        {
            Opening = key =>
            {
                opened += key == Large1 ? 1 : 0;
                return Task.CompletedTask;
            },
        };

        var result = await RunAsync(Skip, source: source);

        Assert.Equal((19_000, 0), (result.Report.Events, result.Report.Duplicates));
        Assert.Equal([Source.UriOf(Large2)], result.Report.DamagedObjects.First);
        Assert.Equal(2, opened);
    }

    [Fact]
    public async Task A_month_of_damaged_objects_is_empty_and_says_so()
    {
        await PutTextAsync(First.Replace(".gz", "", StringComparison.Ordinal), "[1");

        var result = await RunAsync(Skip);

        Assert.StartsWith(
            $"{Source.UriOf("2024/02/01/000000.json")}: damaged and skipped (1). "
            + $"{Source.UriOf("2024/02/")}: its one file has no ",
            result.Report.Reason, StringComparison.Ordinal);
        Assert.Equal(1, result.Report.DamagedObjects.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_failure_of_the_store_and_an_object_that_vanishes_are_no_damage(int threads)
    {
        await PutAsync(First, Event("a"));
        await PutAsync(Last, Event("b"));
        var options = Skip with { Threads = threads };
        var broken = new InterruptedStore(Source)
        {
            Opening = key => throw new AggregationException($"{key}: S3 failed."),
        };
        var gone = new InterruptedStore(Source)
        {
            Opening = key => key == Last ? Source.DeleteAsync(Last, Cancellation) : Task.CompletedTask,
        };

        var failure = await FailsAsync(options, source: broken);
        var report = (await RunAsync(options, source: gone)).Report;

        Assert.StartsWith($"{First}: S3 failed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1L, 0L), (report.PlannedAgain, report.Events, report.DamagedObjects.Count));
    }

    private static byte[] WrongChecksum(string text)
    {
        byte[] gzip = Gzip(Encoding.UTF8.GetBytes(text));
        gzip[^8] ^= 1;
        return gzip;
    }

    private static object CountsOf(MonthResult result)
    {
        var report = result.Report;
        return (
            report.Lines, report.Events, report.Duplicates, report.Rejects, report.EventsWithoutTime,
            report.ObjectsWithoutEvents.Count);
    }

    /// <summary>A Parquet file without its footer, which has the metadata: pages and page indexes.</summary>
    private static ReadOnlySpan<byte> DataOf(byte[] file) =>
        file.AsSpan(0, file.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8)));
}
