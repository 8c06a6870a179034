using Xunit;

namespace CloudTrailAggregation.Tests;

public class SmokeTests
{
    [Fact]
    public void An_error_keeps_its_message() => Assert.Equal("x", new AggregationException("x").Message);
}
