using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// The hash of a line differs from run to run, so that nobody can craft a line that counts as a copy of another.
/// </summary>
public sealed class DuplicateSeedTests
{
    [Fact]
    public void Two_filters_hash_the_same_line_differently_and_each_one_always_alike()
    {
        using DuplicateFilter one = new(), another = new();

        Assert.NotEqual(one.HashOf("the same line"u8), another.HashOf("the same line"u8));
        Assert.Equal(one.HashOf("the same line"u8), one.HashOf("the same line"u8));
    }
}
