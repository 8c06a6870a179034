using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>Objects made to cost as much framing as can be: time follows the length, memory has a bound.</summary>
public sealed class HostileContainerTests : IDisposable
{
    /// <summary>
    /// Several times what the slowest kind takes, in Debug as well; work that grows with the square of the length takes
    /// a hundred times as much.
    /// </summary>
    private static readonly TimeSpan MaxPerMebibyte = TimeSpan.FromSeconds(1);

    private readonly Chunk _chunk = new();

    public void Dispose() => _chunk.Dispose();

    [Theory]
    [InlineData("small elements", "[", "0,", "0]")]
    [InlineData("empty objects", "[", "{},", "{}]")]
    [InlineData("white space between elements", "[", " \n", "0]")]
    [InlineData("white space in an element", "[{\"a\":", "\r\n", "0}]")]
    [InlineData("white space in the start of a container", "{\"Records\":", "\n ", "[0]}")]
    [InlineData("white space in front of a container", "", "\n ", "[0]")]
    [InlineData("starts of containers that are none", "", "{\n\"Records\"\n:\n", "[]}")]
    [InlineData("braces on lines of their own", "", "{\n", "[]")]
    [InlineData("empty containers", "", "{\"Records\":[]}", "[]")]
    [InlineData("arrays on one line", "", "[]", "[]")]
    [InlineData("objects and containers in turn", "", "{\"eventID\":1}\n[{}]", "[]")]
    [InlineData("deep arrays", "[", "[", "0")]
    [InlineData("deep objects", "[", "{\"a\":", "0")]
    [InlineData("an endless string", "[{\"a\":\"", "x", "\"}]")]
    [InlineData("escapes", "[{\"a\":\"", "\\u0041", "\"}]")]
    [InlineData("characters of three bytes", "[{\"a\":\"", "漢", "\"}]")]
    [InlineData("an endless number", "[", "7", "]")]
    [InlineData("members", "[{", "\"\":0,", "\"\":0}]")]
    [InlineData("an endless name", "[{\"", "n", "\":0}]")]
    public async Task The_processor_time_of_framing_follows_the_length(
        string kind, string start, string repeated, string end)
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "The processor time of one thread is known on Linux.");
        foreach (int mebibytes in (int[])[1, 20])
        {
            int count = (mebibytes << 20) / Encoding.UTF8.GetByteCount(repeated);
            byte[] text = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, count)) + end);
            var reads = new ChosenReads(text, 1 << 16);

            // Nothing here waits, so all of it runs on this thread.
            long before = ThreadTime.Nanoseconds;
            long framed = await ReadAsync(reads);
            var took = TimeSpan.FromMicroseconds((ThreadTime.Nanoseconds - before) / 1000);

            Assert.True(
                took < MaxPerMebibyte * mebibytes,
                $"{kind}: {took.TotalSeconds:N2} s of a processor for {mebibytes} MiB");
            Assert.Equal(text.Length, reads.Given);
            Assert.True(framed >= 0 || end == "0", $"{kind}: damaged");
        }
    }

    /// <returns>The longest chunk; -1 if the object is damaged.</returns>
    private async Task<long> ReadAsync(ChosenReads reads)
    {
        long longest = 0;
        await using var text = new SourceText(reads, "hostile.json");
        var framing = new RecordFraming(text);
        try
        {
            while (await framing.FillAsync(_chunk, CancellationToken.None))
            {
                longest = Math.Max(longest, _chunk.Length);
                Assert.InRange(_chunk.Capacity, 0, RecordFraming.MaxRecordBytes + 5);
            }

            return longest;
        }
        catch (DamagedObjectException)
        {
            return -1;
        }
    }
}
