using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Local.Check;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Entry;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// Months of a trail, whose objects are containers: whole ones are proven, and what is changed in them is found.
/// </summary>
public sealed class CheckedTrailTests() : CheckTest(new DirectoryMonthStores())
{
    private const string Account = "111122223333";
    private const string Region = "eu-west-1";

    [Fact]
    public async Task Objects_of_every_folder_and_organization_are_proven_and_what_is_beside_is_not_read()
    {
        string[] folders =
        [
            $"AWSLogs/{Account}/CloudTrail/{Region}",
            $"AWSLogs/{Account}/CloudTrail-Insight/{Region}",
            $"AWSLogs/{Account}/CloudTrail-NetworkActivity/us-gov-west-1",
            $"AWSLogs/{Account}/CloudTrail-Aggregated/{Region}",
            $"AWSLogs/o-abcdefghij/{Account}/CloudTrail/{Region}",
            "AWSLogs/o-abcdefghij/444455556666/CloudTrail/ap-southeast-2",
            $"o-abcdefghij/AWSLogs/o-abcdefghij/{Account}/CloudTrail/{Region}",
            $"o-abcdefghij/AWSLogs/{Account}/CloudTrail/{Region}",
        ];
        foreach (var (number, folder) in folders.Index())
        {
            await PutAsync($"{folder}/2024/02/{number + 1:00}/a.json.gz", Container($"{number}"));
        }

        await PutBesideAsync();
        var written = await RunAsync();

        var found = await CheckAsync();

        Assert.Equal((8, 8L), (found.SourceFiles, found.Counts.Events));
        Assert.Equal((8, 8L), (written.Report.SourceFiles, written.Report.Events));
    }

    [Theory]
    [InlineData("CloudTrail", Region, "05")]
    [InlineData("CloudTrail-Insight", Region, "05")]
    [InlineData("CloudTrail", "us-east-2", "05")]
    [InlineData("CloudTrail", Region, "29")]
    public async Task An_object_that_the_run_did_not_have_is_missed(string folder, string region, string day)
    {
        await PutObjectAsync(10, "1", "2");
        await RunAsync();
        await CheckAsync();
        string key = $"AWSLogs/{Account}/{folder}/{region}/2024/02/{day}/b.json.gz";
        await PutAsync(key, Container("3"));

        string difference = await DiffersAsync();

        Assert.Matches($"(is not the event of |^){Regex.Escape(Source.UriOf(key))}, record 1", difference);
    }

    [Fact]
    public async Task An_object_that_is_gone_since_is_found()
    {
        await PutObjectAsync(10, "1", "2");
        string key = await PutObjectAsync(11, "3");
        await RunAsync();
        await Source.DeleteAsync(key, Cancellation);

        Contains("row 3 has no event in the source, which ends after 2", await DiffersAsync());
    }

    [Fact]
    public async Task A_row_dropped_doubled_exchanged_or_changed_is_found_at_its_record()
    {
        await PutObjectAsync(10, "1", "2");
        string uri = Source.UriOf(await PutObjectAsync(11, "3", "4", "5"));
        await RunAsync();
        byte[] whole = await BytesAsync(Parquet0);

        await IsFoundAsync(rows => rows.RemoveAt(3), $"row 4 is not the event of {uri}, record 2: column event_id");
        await IsFoundAsync(rows => rows.RemoveAt(4), $"{uri}, record 3 is an event, and ");
        await IsFoundAsync(
            rows => rows.Insert(4, rows[3]), $"row 5 is not the event of {uri}, record 3: column event_id");
        await IsFoundAsync(rows => rows.Add(rows[4]), "row 6 has no event in the source, which ends after 5");
        await IsFoundAsync(
            rows => (rows[2], rows[3]) = (rows[3], rows[2]),
            $"row 3 is not the event of {uri}, record 1: column event_id");
        await IsFoundAsync(
            rows => rows[4]["event_time"] = 0L, $"row 5 is not the event of {uri}, record 3: column event_time");
        await IsFoundAsync(rows => rows.RemoveRange(2, 3), $"{uri}, record 1 is an event, and ");

        async Task IsFoundAsync(Action<List<Dictionary<string, object?>>> change, string expected)
        {
            await PutBytesAsync(Destination, Parquet0, whole);
            await ChangeAsync(change);
            Contains(expected, await DiffersAsync());
        }
    }

    [Fact]
    public async Task Elements_on_one_line_or_many_and_lines_between_containers_are_proven()
    {
        await PutTextAsync(
            KeyOf(10),
            $"\uFEFF{{ \"Records\": [\r\n  {Event("1")},\r\n{{\n\"eventID\"\n:\n\"2\"}}\n, 5, {{}}] }}\r\n"
            + $"{Event("3")}{Event("4")}\n[{Event("5")}]{{\"Records\":[]}}{Event("6")}\nno event\n[[1,\n2]]");
        await RunAsync(new RunOptions { MaxRejectedPercent = 100 });

        var found = await CheckAsync();

        Assert.Equal((10L, 6L, 4L), (found.Counts.Records, found.Counts.Events, found.Counts.Rejects));
    }

    [Fact]
    public async Task Copies_in_other_objects_are_duplicates_also_over_midnight()
    {
        await PutObjectAsync(10, "1", "2");
        await PutAsync($"AWSLogs/o-abcdefghij/{Account}/CloudTrail/{Region}/2024/02/10/a.json.gz", Container("2", "1"));
        await PutObjectAsync(11, "1", "3");
        await PutObjectAsync(13, "1");
        await RunAsync();

        var found = await CheckAsync();

        var counts = found.Counts;
        Assert.Equal((4, 7L, 4L, 3L), (found.SourceFiles, counts.Records, counts.Events, counts.Duplicates));
    }

    [Theory]
    [InlineData("\"record\":2", "\"record\":3", "the reject kept in its place is ")]
    [InlineData("\"record\":2", "\"line\":2", "the reject kept in its place is ")]
    [InlineData("no event", "No event", "is kept with other bytes: 10 bytes in the source, 10 in the reject file.")]
    public async Task A_reject_that_is_kept_otherwise_is_found(string part, string instead, string expected)
    {
        await PutTextAsync(KeyOf(10), $"[{Event("1")},\"no event\",{Event("2")}]");
        var written = await RunAsync();
        Assert.True(Assert.Single(written.Rejects).InContainer);
        string kept = Encoding.UTF8.GetString(Unpack(await BytesAsync(Rejects0)));

        string changed = kept.Replace(part, instead, StringComparison.Ordinal);
        await PutBytesAsync(Destination, Rejects0, Gzip(Encoding.UTF8.GetBytes(changed)));

        Contains($"record 2 is not an event, and {expected}", await DiffersAsync());
    }

    [Fact]
    public async Task A_reject_that_is_missing_is_found()
    {
        string key = KeyOf(10);
        await PutTextAsync(key, $"[{Event("1")},\"no event\",{Event("2")}]");
        await RunAsync();
        await Destination.DeleteAsync(Rejects0, Cancellation);

        Contains(
            $"{Source.UriOf(key)}, record 2 is not an event, and is not among the rejects that are kept.",
            await DiffersAsync());
    }

    [Fact]
    public async Task Objects_of_nothing_and_objects_without_events_are_told_apart()
    {
        await PutObjectAsync(10, "1");
        await PutTextAsync(KeyOf(11), "{\"Records\":[]}");
        await PutBytesAsync(KeyOf(12), []);
        await RunAsync();
        Assert.Equal(2, (await CheckAsync()).SourceFiles);
        string key = KeyOf(13);
        await PutTextAsync(key, "[{}]");
        await RunAsync();

        Contains($"1 source object holds only rejects and no event: {Source.UriOf(key)}", await DiffersAsync());
    }

    [Theory]
    [InlineData("{\"Records\":[#", "record 1: it ends within its container")]
    [InlineData("{\"Records\":[#,{\"eventID\" \"2\"}]}", "record 2: it is not valid JSON")]
    [InlineData("{\"Records\":[#],\"more\":[]}", "record 1: it has a container that does not end after its records")]
    [InlineData("[#,{\"Records\":[{}]}]", "record 2: it holds many records in a member Records")]
    public async Task An_object_that_was_damaged_since_is_named(string text, string expected)
    {
        string key = await PutObjectAsync(10, "1");
        await RunAsync();
        await PutTextAsync(key, text.Replace("#", Event("1"), StringComparison.Ordinal));

        var damage = await Assert.ThrowsAsync<DamagedObjectException>(() => CheckAsync());

        Assert.StartsWith($"{Source.UriOf(key)}, {expected}", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_without_its_damaged_objects_is_not_whole_and_is_checked_for_the_rest()
    {
        var skip = new RunOptions { DamagedObjects = DamagedObjects.Skip };
        string damaged = await PutObjectAsync(9, "0");
        await PutObjectAsync(10, "1", "2");
        await PutTextAsync(damaged, $"[{Event("1")},{Event("3")}");
        await RunAsync(skip);

        Contains($"1 damaged object left out: {Source.UriOf(damaged)}.", await DiffersAsync());

        await ChangeAsync(rows => rows.RemoveAt(1));
        Contains("record 2 is an event, and ", await DiffersAsync());
        await RunAsync(skip);
        await PutTextAsync(damaged, $"[{Event("3")}]");
        Contains("row 1 is not the event of ", await DiffersAsync());
    }

    [Fact]
    public async Task Open_days_are_not_read_and_counted()
    {
        var time = new FakeTime(new DateTimeOffset(2024, 2, 12, 0, 59, 0, TimeSpan.Zero));
        await PutObjectAsync(10, "1");
        await RunAsync();
        await PutObjectAsync(11, "2");

        var found = await CheckAsync(time: time);

        Assert.Equal((1, 19), (found.SourceFiles, found.OpenDays));
        time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<DifferenceException>(() => CheckAsync(time: time));
    }

    [Theory]
    [InlineData(true, "it was written without --no-deduplicate, so exact copies are not in it. Leave the option out.")]
    [InlineData(false, "it was written with --no-deduplicate, so each exact copy is a row. Check it with ")]
    public async Task Copies_that_are_counted_otherwise_are_told_with_the_way_out(bool written, string expected)
    {
        await PutObjectAsync(10, "1", "1");
        await RunAsync(new RunOptions { Deduplicate = written });

        Contains($"{Destination.UriOf(Parquet0)}: {expected}", await DiffersAsync(deduplicate: !written));
        await CheckAsync(deduplicate: written);
    }

    [Fact]
    public async Task Another_layout_and_other_regions_are_told_with_the_way_out()
    {
        await PutObjectAsync(10, "1");
        await RunAsync();
        var daily = new SourceSelection { Layout = SourceLayout.Daily };
        var regions = new SourceSelection { Regions = [Region] };

        Contains("it was written from a source of the layout trail", await DiffersAsync(selection: daily));
        Contains(
            "it was written from all regions. Check it without --region.", await DiffersAsync(selection: regions));
    }

    private static string KeyOf(int day)
    {
        string name = $"{Account}_CloudTrail_{Region}_202402{day:00}T0005Z_0123456789abcdef.json.gz";
        return $"AWSLogs/{Account}/CloudTrail/{Region}/2024/02/{day:00}/{name}";
    }

    private static string Container(params string[] ids) =>
        $"{{\"Records\":[{string.Join(',', ids.Select(id => Event(id)))}]}}";

    private static void Contains(string expected, string difference) =>
        Assert.Contains(expected, difference, StringComparison.Ordinal);

    private static byte[] Unpack(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        var text = new MemoryStream();
        gzip.CopyTo(text);
        return text.ToArray();
    }

    private async Task<string> PutObjectAsync(int day, params string[] ids)
    {
        await PutTextAsync(KeyOf(day), Container(ids));
        return KeyOf(day);
    }

    private async Task PutBesideAsync()
    {
        foreach (string key in (string[])
        [
            $"AWSLogs/{Account}/CloudTrail-Digest/{Region}/2024/02/10/a.json.gz",
            $"AWSLogs/{Account}/Config/{Region}/2024/02/10/a.json.gz",
            $"AWSLogs/{Account}/CloudTrail/{Region}/2024/01/10/a.json.gz",
            $"AWSLogs/{Account}/CloudTrail/{Region}/2023/02/10/a.json.gz",
            $"AWSLogs/{Account}/CloudTrail/not-a-region/2024/02/10/a.json.gz",
            $"AWSLogs/accounts/CloudTrail/{Region}/2024/02/10/a.json.gz",
            $"AWSLogs/{Account}/CloudTrail/{Region}/2024/02/10/a.txt",
            $"elsewhere/{Account}/CloudTrail/{Region}/2024/02/10/a.json.gz",
        ])
        {
            await PutTextAsync(key, Container("beside"));
        }
    }
}
