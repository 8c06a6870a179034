using CloudTrailAggregation.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

public class NameHashesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_000)]
    public void Adding_tells_new_hashes_from_known_ones_as_a_dotnet_set_does(int hashes)
    {
        // Hashes with equal low bits meet in one place; 0 is the mark of an empty place.
        UInt128[] drawn =
        [
            0,
            .. Enumerable.Range(1, hashes - 1)
                .Select(number => (UInt128)(uint)((number % 97) + 2) << (number % 3 * 50)),
        ];
        var expected = new HashSet<UInt128>();
        using var names = new NameHashes(hashes);

        foreach (var hash in drawn.Concat(drawn))
        {
            Assert.Equal(expected.Add(hash), names.Add(hash));
        }
    }
}
