using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>
/// The store completed an object but its answer was lost: running the month again gives the same result.
/// </summary>
public abstract class LostAnswerTests(MonthStores stores) : MonthTest(stores)
{
    [Theory]
    [InlineData(Parquet0)]
    [InlineData(Rejects0)]
    public async Task A_rerun_after_a_completion_whose_answer_was_lost_gives_the_same_bytes(string lost)
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", [.. Events(1000), "reject"]);
        var destination = new InterruptedStore(Destination)
        {
            Completed = key =>
            {
                if (key == lost)
                {
                    throw new AggregationException($"{Destination.UriOf(key)}: the answer was lost");
                }
            },
        };
        await Assert.ThrowsAsync<AggregationException>(() => RunAsync(destination: destination));
        byte[] there = await BytesAsync(lost);

        var rerun = await RunAsync();
        var again = await RunAsync();

        Assert.Equal(there, await BytesAsync(lost));
        Assert.Equal(rerun.Files, again.Files);
        Assert.Equal((1001, 1000, 1), (again.Report.Lines, again.Report.Events, again.Report.Rejects));
        Assert.Equal([Parquet0, Rejects0], await KeysAsync());
    }
}
