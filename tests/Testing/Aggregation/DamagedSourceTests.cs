using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A damaged object fails the run, which names it and changes nothing.</summary>
public abstract class DamagedSourceTests(MonthStores stores, int step) : MonthTest(stores)
{
    private const string Whole = "2024/02/01/000000.ndjson.gz";
    private const string Damaged = "2024/02/02/000000.ndjson.gz";

    [Fact]
    public async Task A_truncated_object_fails_the_run_wherever_it_was_cut()
    {
        byte[] gzip = await PutOlderMonthAsync();
        int[] cuts = [.. Enumerable.Range(1, gzip.Length - 1)
            .Where(cut => cut <= 40 || cut >= gzip.Length - 40 || cut % 97 == 0).Where(cut => cut % step == 0)];

        foreach (int cut in cuts)
        {
            await AssertFailsAsync(gzip[..cut], $"cut to {cut} of {gzip.Length} bytes");
        }
    }

    [Fact]
    public async Task A_flipped_bit_fails_the_run_or_means_nothing()
    {
        byte[] gzip = await PutOlderMonthAsync();
        int[] places = [.. Enumerable.Range(0, gzip.Length).Where(place => place < 20 || place >= gzip.Length - 20
            || place % 97 == 0).Where(place => place % step == 0)];

        foreach (int place in places)
        {
            byte[] flipped = [.. gzip];
            flipped[place] ^= 0x10;
            if (MeansNothing(flipped))
            {
                Assert.True(place is >= 4 and <= 9 || place == gzip.Length - 9, $"byte {place} of {gzip.Length}");
            }
            else
            {
                await AssertFailsAsync(flipped, $"byte {place} of {gzip.Length} flipped");
            }
        }

        // The header's time and operating system, and the padding bits in the last byte of the deflate data.
        bool MeansNothing(byte[] flipped)
        {
            try
            {
                return Gunzipped(flipped).SequenceEqual(Gunzipped(gzip));
            }
            catch (InvalidDataException)
            {
                return false;
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { (byte)'\n' })]
    [InlineData(new byte[] { 0x1F })]
    [InlineData(new byte[] { 0x1F, 0x8B })]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 })]
    [InlineData(new byte[] { (byte)'{', (byte)'}', (byte)'\n' })]
    public async Task Stray_bytes_after_the_last_member_fail_the_run(byte[] stray)
    {
        byte[] gzip = await PutOlderMonthAsync();

        await AssertFailsAsync([.. gzip, .. stray], "stray bytes");
        await AssertFailsAsync([.. gzip, .. gzip, .. stray], "stray bytes after two members");
    }

    [Fact]
    public async Task A_second_member_that_is_cut_fails_the_run()
    {
        byte[] gzip = await PutOlderMonthAsync();

        foreach (int cut in (int[])[3, 10, 11, gzip.Length / 2, gzip.Length - 8, gzip.Length - 1])
        {
            await AssertFailsAsync([.. gzip, .. gzip[..cut]], $"second member cut to {cut} bytes");
        }
    }

    [Fact]
    public async Task An_object_of_several_members_is_read_to_its_end()
    {
        byte[][] members = [.. Events(20).Chunk(3)
            .Select(lines => Gzip(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))))];
        await PutBytesAsync(Damaged, [.. members.SelectMany(member => member)]);

        var result = await RunAsync();

        Assert.Equal(20, result.Report.Events);
    }

    private static byte[] Gunzipped(byte[] gzip)
    {
        using var input = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        var text = new MemoryStream();
        input.CopyTo(text);
        return text.ToArray();
    }

    /// <returns>The bytes of an undamaged object.</returns>
    private async Task<byte[]> PutOlderMonthAsync()
    {
        await PutAsync(Whole, Events(2));
        await RunAsync();
        await PutAsync(Whole, [.. Events(2), "reject"]);
        return Gzip(Encoding.UTF8.GetBytes(string.Join('\n', LargeEvents(10))));
    }

    private async Task AssertFailsAsync(byte[] bytes, string how)
    {
        await PutBytesAsync(Damaged, bytes);

        var failure = await FailsAsync(new RunOptions { Threads = 1 + (bytes.Length % 2) });

        Assert.True(
            failure.Message.StartsWith(Source.UriOf(Damaged), StringComparison.Ordinal), $"{how}: {failure.Message}");
    }
}
