using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>Keys with characters that are special in URLs, shells, paths or SQL are sources like any other.</summary>
public abstract class OddKeyTests(MonthStores stores) : MonthTest(stores)
{
    [Theory]
    [InlineData("2024/02/01/a b  c.ndjson")]
    [InlineData("2024/02/01/a+b%20c%2Fd%.ndjson")]
    [InlineData("2024/02/01/ünï çødé 日本語 😀 e\u0301.ndjson")]
    [InlineData("2024/02/01/what?versionId=1#fragment&x=y.ndjson")]
    [InlineData("2024/02/01/it's \"quoted\"; DROP TABLE events -- \\.ndjson")]
    [InlineData("2024/02/01/year=2024/{a}[b]$(c)`d`~|^<e>*!,@:.ndjson")]
    public Task A_key_with_odd_characters_is_a_source(string key) => AssertIsASourceAsync(key);

    protected async Task AssertIsASourceAsync(string key)
    {
        await PutAsync(key, Event("a"), "reject", Event("b"));

        var result = await RunAsync();
        await PutAsync(key, "reject");
        var failure = await FailsAsync();

        Assert.Equal(["a", "b"], Ids(result.Rows));
        Assert.Equal(
            (Source.UriOf(key), 2), Assert.Single(result.Rejects.Select(reject => (reject.Source, reject.Line))));
        Assert.Contains(
            $"{Source.UriOf(key)}, line 1: is not a JSON object", failure.Message, StringComparison.Ordinal);
    }
}
