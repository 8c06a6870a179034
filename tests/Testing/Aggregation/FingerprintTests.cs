using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A fingerprint names all that decides a file's content.</summary>
public abstract class FingerprintTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/01/000000.ndjson";

    [Fact]
    public async Task A_changed_source_of_equal_size_gives_another_fingerprint()
    {
        await PutAsync(Key, Event("a"));
        long size = (await Source.FindAsync(Key)).Size;
        string before = await FingerprintAsync();
        string still = await FingerprintAsync();

        await PutAsync(Key, Event("b"));
        string after = await FingerprintAsync();

        Assert.Equal(size, (await Source.FindAsync(Key)).Size);
        Assert.Equal(before, still);
        Assert.NotEqual(before, after);
    }

    private async Task<string> FingerprintAsync() =>
        DuckDbRows.Metadata((await RunAsync()).Files[0])["cloudtrail_aggregation.run"];
}
