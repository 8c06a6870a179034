using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Every line that is not an event must be in the reject files, byte for byte.</summary>
public sealed class CheckedRejectTests() : CheckTest(new DirectoryMonthStores())
{
    [Fact]
    public async Task Rejects_of_every_kind_are_proven_at_any_length()
    {
        string tooLong = $"{{\"a\":\"{new string('x', RecordFraming.MaxRecordBytes)}\"}}";
        byte[] text = Encoding.UTF8.GetBytes(
            $"no event \"\\ \u00e9 \ud83d\ude00\n\uFEFF{tooLong}\r\n{Event("1")} {{}} {Event("2")}{{\r\n"
            + $"{tooLong}x{tooLong}\n1\r\nz{new string('\u0001', RecordFraming.MaxRecordBytes / 5)}\n");
        await PutTextAsync(
            "2024/02/01/000000.ndjson",
            [.. text, 0xFF, 0xFE, (byte)'"', (byte)'\n', .. Encoding.UTF8.GetBytes(tooLong)]);
        await RunAsync(new RunOptions { MaxRejectedPercent = 100 });

        var found = await CheckAsync();

        Assert.Equal(
            (11L, 2L, 0L, 9L),
            (found.Counts.Records, found.Counts.Events, found.Counts.Duplicates, found.Counts.Rejects));
    }

    [Theory]
    [InlineData("\"line\":3", "\"line\":4", "line 3 is not an event, and the reject kept in its place is ")]
    [InlineData(
        "02/01/000000.ndjson", "02/02/000000.ndjson", "line 1 is not an event, and the reject kept in its place is ")]
    [InlineData(
        "first", "First",
        "line 1 is not an event, and is kept with other bytes: 5 bytes in the source, 5 in the reject file.")]
    [InlineData(
        "//79", "//78",
        "line 3 is not an event, and is kept with other bytes: 4 bytes in the source, 4 in the reject file.")]
    [InlineData("//79", "!!!!", "000000.ndjson.gz, line 2: it is not a reject as this tool keeps it. Run aggregate")]
    [InlineData(
        "\"text\"", "\"test\"", "000000.ndjson.gz, line 1: it is not a reject as this tool keeps it. Run aggregate")]
    [InlineData("\"}\n", "\"\n", "000000.ndjson.gz, line 1: it is not a reject as this tool keeps it. Run aggregate")]
    [InlineData("{\"source\"", "\n{\"source\"", null)]
    public async Task A_reject_that_is_kept_otherwise_is_found(string part, string instead, string? expected)
    {
        await WriteRejectsAsync();
        await ChangeRejectsAsync(text => text.Replace(part, instead, StringComparison.Ordinal));

        if (expected is null)
        {
            Assert.Equal(2, (await CheckAsync()).Counts.Rejects);
        }
        else
        {
            Assert.Contains(expected, await DiffersAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_missing_reject_and_one_too_many_are_found()
    {
        await WriteRejectsAsync();
        byte[] whole = await BytesAsync(Rejects0);
        await ChangeRejectsAsync(text => text[..(text.IndexOf('\n', StringComparison.Ordinal) + 1)]);
        string missing = await DiffersAsync();
        await Destination.DeleteAsync(Rejects0, Cancellation);
        string noFile = await DiffersAsync();
        await PutBytesAsync(Destination, Rejects0, whole);
        await ChangeRejectsAsync(text => text + text);

        Assert.Contains(
            "line 3 is not an event, and is not among the rejects that are kept.", missing, StringComparison.Ordinal);
        Assert.Contains(
            "line 1 is not an event, and is not among the rejects that are kept.", noFile, StringComparison.Ordinal);
        Assert.Contains("keeps ", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reject_file_that_cannot_be_unpacked_is_named_with_the_way_out()
    {
        await WriteRejectsAsync();
        byte[] file = await BytesAsync(Rejects0);
        file[^6] ^= 1;
        await PutBytesAsync(Destination, Rejects0, file);

        string difference = await DiffersAsync();

        Assert.StartsWith($"{Destination.UriOf(Rejects0)}, line ", difference, StringComparison.Ordinal);
        Assert.EndsWith(
            ": it cannot be unpacked. Run aggregate again: it writes the reject file anew.",
            difference,
            StringComparison.Ordinal);
    }

    private async Task WriteRejectsAsync()
    {
        byte[] lines =
            [.. "first\n"u8, .. Encoding.UTF8.GetBytes(Event("1")), .. "\n"u8, 0xFF, 0xFE, 0xFD, .. "x\n"u8];
        await PutTextAsync("2024/02/01/000000.ndjson", lines);
        await RunAsync();
    }

    private async Task ChangeRejectsAsync(Func<string, string> change)
    {
        var text = new MemoryStream();
        var stored = new MemoryStream(await BytesAsync(Rejects0));
        await using (var gzip = new GZipStream(stored, CompressionMode.Decompress))
        {
            await gzip.CopyToAsync(text, Cancellation);
        }

        await PutBytesAsync(
            Destination, Rejects0, Gzip(Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(text.ToArray())))));
    }
}
