using System.Text;
using CloudTrailAggregation.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

public class Utf8OrderTests
{
    [Fact]
    public void The_order_is_that_of_the_UTF8_bytes()
    {
        string[] characters =
        [
            "", "a", "b", "/", "\u007f", "\u0080", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0001F600",
            "\U0010FFFF",
        ];
        string[] texts = [.. from x in characters from y in characters select x + y];

        foreach (string x in texts)
        {
            foreach (string y in texts)
            {
                Assert.Equal(
                    Math.Sign(Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))),
                    Math.Sign(Utf8Order.Instance.Compare(x, y)));
            }
        }
    }
}
