using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A run without rejects removes those of an earlier run, but only once its own files are visible.</summary>
public abstract class EarlierRejectTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/01/000000.ndjson";

    [Fact]
    public async Task A_run_without_rejects_that_fails_at_its_first_file_changes_nothing()
    {
        await PutOlderMonthAsync();
        var failing = new InterruptedStore(Destination)
        {
            Completing = key => throw new AggregationException($"{key}: no space left"),
        };

        var failure = await FailsAsync(destination: failing);

        Assert.Equal($"{Parquet0}: no space left", failure.Message);
        Assert.Equal([Parquet0, Rejects0], await KeysAsync());
    }

    [Fact]
    public async Task A_run_without_rejects_that_loses_at_its_first_file_changes_nothing()
    {
        await PutOlderMonthAsync();
        byte[] rejects = await BytesAsync(Rejects0), faster = [.. await BytesAsync(Parquet0), .. "faster"u8];
        var overtaken =
            new InterruptedStore(Destination) { Completing = key => PutBytesAsync(Destination, key, faster) };

        var failure = await Assert.ThrowsAsync<CommitLostException>(
            () => new AggregationRun(Source, overtaken, new RunOptions(), TimeProvider.System)
                .RunAsync(new Unit(Month), Cancellation));

        Assert.EndsWith("Nothing was changed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Parquet0, Rejects0], await KeysAsync());
        Assert.Equal(rejects, await BytesAsync(Rejects0));
        Assert.Equal(faster, await BytesAsync(Parquet0));
        Assert.Empty(await LeftoversAsync());
    }

    /// <summary>Writes a month with a reject, then removes the reject from the source.</summary>
    private async Task PutOlderMonthAsync()
    {
        await PutAsync(Key, Event("a"), "a reject");
        await RunAsync();
        await PutAsync(Key, Event("a"), Event("b"));
    }
}
