using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Tests.Storage;
using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The check of the counts, which finds a lost or doubled record.</summary>
public sealed class RecordCountsTests
{
    [Fact]
    public void Counts_that_add_up_pass() => Counts().Check(rowsWritten: 5);

    [Theory]
    [InlineData(9, 5, 3, 2, 5)] // A record was lost.
    [InlineData(11, 5, 3, 2, 5)] // A record was counted twice.
    [InlineData(10, 4, 3, 2, 4)]
    [InlineData(10, 6, 3, 2, 6)]
    [InlineData(10, 5, 2, 2, 5)]
    [InlineData(10, 5, 4, 2, 5)]
    [InlineData(10, 5, 3, 1, 5)]
    [InlineData(10, 5, 3, 3, 5)]
    [InlineData(10, 5, 3, 2, 4)] // A row was lost.
    [InlineData(10, 5, 3, 2, 6)] // A row was written twice.
    public void One_record_or_row_too_few_or_too_many_is_refused_with_all_numbers(
        long records, long events, long duplicates, long rejects, long rows)
    {
        var counts = Counts() with { Records = records, Events = events, Duplicates = duplicates, Rejects = rejects };

        var error = Assert.Throws<AggregationException>(() => counts.Check(rows));

        Assert.Contains(
            $"{records} records, {events} events, {duplicates} duplicates, {rejects} rejects, {rows} rows",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20L, 40L, 10L, 30L, 10L, 40L)]
    [InlineData(10L, 30L, 20L, 40L, 10L, 40L)]
    [InlineData(10L, 40L, 20L, 30L, 10L, 40L)]
    [InlineData(10L, 40L, null, null, 10L, 40L)]
    [InlineData(null, null, 10L, 40L, 10L, 40L)]
    [InlineData(null, null, null, null, null, null)]
    public void Times_of_two_batches_are_the_earlier_and_the_later(
        long? first, long? last, long? nextFirst, long? nextLast, long? earliest, long? latest)
    {
        var counts = Counts() with { Earliest = first, Latest = last };

        counts.Add(Counts() with { Earliest = nextFirst, Latest = nextLast });

        Assert.Equal((earliest, latest), (counts.Earliest, counts.Latest));
        Assert.Equal((20, 10, 6, 4), (counts.Records, counts.Events, counts.Duplicates, counts.Rejects));
    }

    [Fact]
    public void Each_count_of_a_batch_is_added_to_those_before_it()
    {
        var counts = new RecordCounts
        {
            Records = 10,
            Events = 5,
            Duplicates = 3,
            Rejects = 2,
            Bytes = 1_000,
            RejectedBytes = 200,
            OutsideMonth = 4,
            WithoutTime = 1,
        };

        counts.Add(counts with { });
        counts.Add(default);

        Assert.Equal(
            new RecordCounts
            {
                Records = 20,
                Events = 10,
                Duplicates = 6,
                Rejects = 4,
                Bytes = 2_000,
                RejectedBytes = 400,
                OutsideMonth = 8,
                WithoutTime = 2,
            },
            counts);
    }

    private static RecordCounts Counts() => new() { Records = 10, Events = 5, Duplicates = 3, Rejects = 2 };
}

/// <summary>The same times in a report.</summary>
public sealed class TimesOfTwoSources() : MonthTest(new DirectoryMonthStores())
{
    [Theory]
    [InlineData("2024-03-05T00:00:00Z", "2024-01-05T00:00:00Z")]
    [InlineData("2024-01-05T00:00:00Z", "2024-03-05T00:00:00Z")]
    public async Task The_earliest_and_the_latest_time_are_the_months_whichever_source_has_them(
        string first, string last)
    {
        await PutAsync("2024/02/01/000000.ndjson", Event("a", first));
        await PutAsync("2024/02/02/000000.ndjson", Event("b", last));

        var outside = (await RunAsync()).Report.OutsideMonth!;

        Assert.Equal(
            (new DateTime(2024, 1, 5), new DateTime(2024, 3, 5)),
            (outside.Earliest.UtcDateTime, outside.Latest.UtcDateTime));
    }
}
