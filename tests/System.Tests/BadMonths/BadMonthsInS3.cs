using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

public sealed class LostAnswersInS3(S3Server server) : LostAnswerTests(new S3MonthStores(server));

public sealed class OddKeysInS3(S3Server server) : OddKeyTests(new S3MonthStores(server))
{
    [Theory]
    [InlineData("2024/02/01//000000.ndjson")]
    [InlineData("2024/02/01/a//b///000000.ndjson")]
    [InlineData("2024/02/01/.hidden.ndjson")]
    [InlineData("2024/02/01/ /000000.ndjson")]
    public Task A_key_that_no_directory_can_have_is_a_source_all_the_same(string key) => AssertIsASourceAsync(key);
}
