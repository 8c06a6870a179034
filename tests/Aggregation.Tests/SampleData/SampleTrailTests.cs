using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CloudTrailAggregation.SampleData;
using CloudTrailAggregation.SampleData.Trail;
using Xunit;

namespace CloudTrailAggregation.Tests.SampleData;

/// <summary>A generated trail, read with JsonDocument alone.</summary>
public sealed partial class SampleTrailTests : IDisposable
{
    private static readonly TrailArguments Small = new(new SampleArguments(new DateOnly(2024, 2, 1), Events: 3000)
    {
        DuplicatesPercent = 3, LatePercent = 0.5m, BadLinesPercent = 0.2m,
    })
    {
        Organization = "o-abcdefghij", Accounts = 3, Regions = 2,
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("trail-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void The_counts_are_as_asked()
    {
        var summary = new SampleTrail(Small).WriteTo(_directory.FullName, threads: 2);

        var records = Read(_directory.FullName).SelectMany(each => each.Records).ToList();
        var events = records.Where(record => record.StartsWith('{')).ToList();
        Assert.Equal(3000, events.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(3090, events.Count);
        Assert.Equal(3096, records.Count);
        Assert.Equal(
            (3000, 90, 6, 15, 3096),
            (summary.Events, summary.Duplicates, summary.NotEvents, summary.Late, summary.Records));
        Assert.Equal(15, events.Distinct(StringComparer.Ordinal)
            .Count(text => !TimeOf(text).StartsWith("2024-02-", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_objects_are_as_counted()
    {
        var summary = new SampleTrail(Small).WriteTo(_directory.FullName, threads: 2);

        var files = new DirectoryInfo(_directory.FullName).EnumerateFiles("*", SearchOption.AllDirectories)
            .ToLookup(file => LogFile().IsMatch(KeyOf(file.FullName)));
        Assert.Equal((files[true].Count(), files[false].Count()), (summary.Objects, summary.ObjectsBeside));
        Assert.Equal(files[true].Sum(file => file.Length), summary.PackedBytes);
        Assert.Equal(files[true].Sum(file => Unpack(file.FullName).Length), summary.Bytes);
    }

    [Fact]
    public void Every_object_holds_the_events_of_its_account_region_and_category()
    {
        var objects = Unpacked(Small);

        var folders = objects.CountBy(each => each.Name.Groups["folder"].Value).ToDictionary();
        Assert.Equal(
            ["CloudTrail", "CloudTrail-Aggregated", "CloudTrail-Insight", "CloudTrail-NetworkActivity"],
            folders.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3, objects.Select(each => each.Name.Groups["account"].Value).Distinct().Count());
        Assert.Equal(2, objects.Select(each => each.Name.Groups["region"].Value).Distinct().Count());
        foreach (var (name, text) in objects)
        {
            bool isArray = name.Groups["folder"].Value == "CloudTrail-Aggregated";
            Assert.StartsWith(isArray ? "[{" : "{\"Records\":[{", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', text);
            foreach (string record in RecordsOf(text).Where(record => record.StartsWith('{')))
            {
                using var json = JsonDocument.Parse(record);
                var members = json.RootElement;
                Assert.Equal(
                    name.Groups["account"].Value,
                    members.GetProperty(isArray ? "accountId" : "recipientAccountId").GetString());
                Assert.Equal(name.Groups["region"].Value, members.GetProperty("awsRegion").GetString());
                string category = members.TryGetProperty("eventCategory", out var found) ? found.GetString()! : "";
                Assert.Equal(
                    name.Groups["folder"].Value,
                    category is "Management" or "Data" ? "CloudTrail" : $"CloudTrail-{category}");
            }
        }
    }

    [Fact]
    public void Objects_are_delivered_every_five_minutes_and_their_events_happened_before()
    {
        foreach (var (name, text) in Unpacked(Small))
        {
            var delivered = DateTime.ParseExact(
                name.Groups["time"].Value, "yyyyMMdd'T'HHmm'Z'", CultureInfo.InvariantCulture);
            Assert.Equal(0, delivered.Minute % 5);
            Assert.Equal($"{delivered:yyyy/MM/dd}", name.Groups["day"].Value);
            var times = RecordsOf(text).Where(record => record.StartsWith('{')).Select(record => DateTime.Parse(
                TimeOf(record), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));

            // At most ten minutes of lag, five of the copies' delay and five of an aggregated event's window.
            Assert.All(times.Where(time => time.Month == 2), time => Assert.InRange(
                delivered - time, TimeSpan.Zero, TimeSpan.FromMinutes(21)));
        }
    }

    [Fact]
    public void Copies_are_in_a_second_trail_beside_the_organization_on_the_same_or_the_next_day()
    {
        var objects = Unpacked(Small);

        var originals = objects.Where(each => each.Name.Value.Contains("/o-", StringComparison.Ordinal)).ToList();
        var days = originals.SelectMany(each => RecordsOf(each.Text).Select(record => (record, Day(each.Name))))
            .ToDictionary(each => each.record, each => each.Item2, StringComparer.Ordinal);
        var copies = objects.Except(originals)
            .SelectMany(each => RecordsOf(each.Text).Select(record => (record, Day: Day(each.Name)))).ToList();
        Assert.Equal(90, copies.Count);
        Assert.All(copies, copy => Assert.InRange(copy.Day - days[copy.record], 0, 1));

        static int Day(Match name) => int.Parse(name.Groups["day"].ValueSpan[^2..], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Without_an_organization_each_account_has_its_own_trails()
    {
        var objects = Unpacked(Small with { Organization = null });

        Assert.DoesNotContain(objects, each => each.Name.Value.Contains("/o-", StringComparison.Ordinal));
        Assert.Equal(3096, objects.Sum(each => RecordsOf(each.Text).Count));
    }

    [Fact]
    public void About_44_percent_of_the_objects_are_under_1_KB()
    {
        new SampleTrail(Small with { Accounts = 2 }).WriteTo(_directory.FullName, threads: 2);

        var sizes = new DirectoryInfo(_directory.FullName).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => LogFile().IsMatch(KeyOf(file.FullName))).Select(file => file.Length).ToList();
        Assert.InRange((double)sizes.Count(size => size < 1024) / sizes.Count, 0.38, 0.50);
    }

    [Fact]
    public void One_object_in_a_thousand_has_tens_of_thousands_of_events()
    {
        var month = Small.Month with { Events = 2_000_000, DuplicatesPercent = 5 };

        var deliveries = new DeliveryPlan(month, first: 500_000, end: 2_000_000).Deliveries().ToList();

        Assert.Equal(1_500_000, deliveries.Where(each => !each.IsCopy).Sum(each => each.Events));
        Assert.Equal(75_000, deliveries.Where(each => each.IsCopy).Sum(each => each.Events));
        double huge = deliveries.Count(each => each.Events >= 20_000);
        Assert.InRange(huge / deliveries.Count, 0.0005, 0.002);
    }

    [Fact]
    public void What_is_beside_has_no_event()
    {
        new SampleTrail(Small).WriteTo(_directory.FullName, threads: 2);

        var beside = Directory.EnumerateFiles(_directory.FullName, "*", SearchOption.AllDirectories)
            .Where(path => !LogFile().IsMatch(KeyOf(path))).ToList();
        Assert.All(["/CloudTrail-Digest/", "/Config/", "/elasticloadbalancing/"], folder => Assert.Contains(
            beside, path => KeyOf(path).Contains(folder, StringComparison.Ordinal)));
        Assert.All(beside, path => Assert.DoesNotContain(
            "\"eventVersion\"", Encoding.UTF8.GetString(Unpack(path)), StringComparison.Ordinal));
    }

    [Fact]
    public void Equal_arguments_give_equal_files_whatever_the_threads()
    {
        string one = Path.Combine(_directory.FullName, "one");
        string four = Path.Combine(_directory.FullName, "four");

        new SampleTrail(Small).WriteTo(one, threads: 1);
        new SampleTrail(Small).WriteTo(four, threads: 4);

        Assert.Equal(Packed(one), Packed(four));
    }

    [Fact]
    public void Another_seed_gives_other_events()
    {
        var records = Unpacked(Small).SelectMany(each => RecordsOf(each.Text)).ToHashSet(StringComparer.Ordinal);

        var others = Unpacked(Small with { Month = Small.Month with { Seed = 1, BadLinesPercent = 0 } })
            .SelectMany(each => RecordsOf(each.Text));

        Assert.DoesNotContain(others, records.Contains);
    }

    [Fact]
    public void A_trail_can_end_after_its_first_days()
    {
        var objects = Unpacked(Small with { Month = Small.Month with { Days = 2, DuplicatesPercent = 100 } });

        Assert.Equal(
            ["2024/02/01", "2024/02/02"],
            objects.Select(each => each.Name.Groups["day"].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(6006, objects.Sum(each => RecordsOf(each.Text).Count));
    }

    [Fact]
    public void A_trail_with_fewer_events_than_accounts_and_an_empty_trail_work()
    {
        Assert.Equal(
            2,
            Unpacked(Small with { Month = Small.Month with { Events = 2 } }).Sum(each => RecordsOf(each.Text).Count));
        Assert.Empty(Unpacked(Small with { Month = Small.Month with { Events = 0 } }));
    }

    [Fact]
    public void A_trail_that_exists_is_not_overwritten()
    {
        new SampleTrail(Small).WriteTo(_directory.FullName, threads: 1);

        var error = Assert.Throws<IOException>(() => new SampleTrail(Small).WriteTo(_directory.FullName, threads: 1));

        Assert.Contains("AWSLogs exists", error.Message, StringComparison.Ordinal);
    }

    private string KeyOf(string path) => Path.GetRelativePath(_directory.FullName, path).Replace('\\', '/');

    private IEnumerable<(string Key, List<string> Records)> Read(string directory) =>
        Directory.EnumerateFiles(directory, "*.json.gz", SearchOption.AllDirectories)
            .Where(path => LogFile().IsMatch(KeyOf(path)))
            .Select(path => (KeyOf(path), RecordsOf(Encoding.UTF8.GetString(Unpack(path)))));

    private static List<(Match Name, string Text)> Unpacked(TrailArguments arguments) =>
    [
        .. new SampleTrail(arguments).Objects().Select(each =>
        {
            var name = LogFile().Match(each.Key);
            Assert.True(name.Success, each.Key);
            return (name, Encoding.UTF8.GetString(each.Value));
        }),
    ];

    private static List<string> RecordsOf(string text)
    {
        using var json = JsonDocument.Parse(text);
        var records = json.RootElement.ValueKind == JsonValueKind.Array
            ? json.RootElement
            : json.RootElement.GetProperty("Records");
        return [.. records.EnumerateArray().Select(record => record.GetRawText())];
    }

    private static string TimeOf(string record)
    {
        using var json = JsonDocument.Parse(record);
        return json.RootElement.TryGetProperty("eventTime", out var time)
            ? time.GetString()!
            : json.RootElement.GetProperty("timeWindow").GetProperty("windowStart").GetString()!;
    }

    private static byte[] Unpack(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static SortedDictionary<string, string> Packed(string directory) => new(
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(
                path => Path.GetRelativePath(directory, path), path => Convert.ToHexString(File.ReadAllBytes(path))),
        StringComparer.Ordinal);

    [GeneratedRegex(
        @"\AAWSLogs/(o-[a-z0-9]+/)?(?<account>\d{12})/(?<folder>CloudTrail(-(Insight|NetworkActivity|Aggregated))?)/(?<region>[a-z]+-[a-z]+-\d)/(?<day>\d{4}/\d\d/\d\d)/\k<account>_\k<folder>_\k<region>_(?<time>\d{8}T\d{4}Z)_[A-Za-z0-9]{16}\.json\.gz\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LogFile();
}
