using System.Text;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The listing of a month keeps what a store listed, in little memory, and finds what changed in it.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class SourceListingTests
{
    private static readonly Month Month = new(2024, 2);

    private static readonly DateTimeOffset Later = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private SourceListing? _held;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 34_483)]
    [InlineData(500, 17, 4)]
    [InlineData(1_000, 17, 2)]
    [InlineData(2_000, 17, 1)]
    public async Task A_million_objects_cost_at_most_100_bytes_each(int accounts, int regions, int objectsOfDay)
    {
        var store = new MadeUpTrail(accounts, regions, objectsOfDay);
        int count = await HoldAsync(store);

        // What the listing alone keeps.
        long with = await BytesInUseAsync();
        _held = null;
        double bytes = (with - await BytesInUseAsync()) / (double)count;

        TestContext.Current.SendDiagnosticMessage($"{count} objects, {bytes:N1} bytes each, {store.Requests} requests");
        Assert.Equal(accounts * regions * objectsOfDay * 29, count);
        Assert.InRange(bytes, 40, 100);
    }

    [Fact]
    public async Task Five_hundred_accounts_with_17_regions_take_at_most_two_requests_for_each_region()
    {
        const int Regions = 500 * 17;
        var store = new MadeUpTrail(500, 17, 1);

        var listing = await ListAsync(store);

        Assert.Equal(Regions * 29, listing.Count);
        Assert.InRange(store.Requests, Regions + 1_000, 2 * Regions);
        Assert.InRange(store.MostWaiting, 1, 32);
        Assert.Equal((500L, 17L), (listing.Trail!.Accounts.Count, listing.Trail.Regions.Count));
        Assert.Equal(0, listing.Trail.Quiet.Count);
    }

    [Fact]
    public async Task A_region_without_the_month_takes_one_request()
    {
        var store = new MadeUpTrail(3, 5, 1);

        var listing = await new SourceDiscovery(store, new SourceSelection(), Later, deduplicate: true).ListAsync(
            new Unit(new Month(2024, 3)), Cancellation);

        Assert.Equal(0, listing.Count);
        Assert.Equal(15, listing.Trail!.Folders);
        Assert.InRange(store.Requests, 15 + 6, 15 + 6 + 6);
    }

    [Fact]
    public async Task A_large_region_is_listed_by_several_days_at_a_time_with_hardly_more_requests()
    {
        var store = new MadeUpTrail(1, 1, 2_500);

        var listing = await ListAsync(store);

        Assert.Equal(2_500 * 29, listing.Count);
        Assert.InRange(store.MostWaiting, 2, 32);
        Assert.InRange(store.Requests, 29 * 3, (29 * 3) + 10);
        AssertInOrder(listing);
    }

    [Fact]
    public async Task Objects_come_by_day_and_then_by_key_as_they_were_listed()
    {
        const int ObjectsOfDay = 180;
        var listing = await ListAsync(new MadeUpTrail(3, 2, ObjectsOfDay));

        var expected = Enumerable.Range(1, 29)
            .SelectMany(day => from account in (string[])["100000000000", "100001000003", "100002000006"]
                from region in (string[])["us-gov-east-10", "us-gov-east-11"]
                from number in Enumerable.Range(0, ObjectsOfDay)
                select MadeUpTrail.ObjectOf(account, region, day, number, ObjectsOfDay))
            .ToList();

        Assert.Equal(expected, listing.Objects);
        Assert.Equal(expected.Sum(stored => stored.Size), listing.Bytes);
        Assert.Equal(expected[1_234].Size, listing.SizeAt(1_234));
        Assert.Equal(
            (expected[1_234], 1_234, "s3://made-up/" + expected[1_234].Key, 2),
            (listing[1_234].Stored, listing[1_234].Place, listing[1_234].Uri, listing[1_234].Day));
        Assert.Throws<ArgumentOutOfRangeException>(() => listing[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => listing[listing.Count]);
    }

    [Theory]
    [InlineData("\"0123456789abcdef0123456789abcdef\"")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("\"0123456789ABCDEF0123456789ABCDEF\"")]
    [InlineData("\"0123456789abcdef0123456789abcdef-12\"")]
    [InlineData("\"0123456789abcdef0123456789abcdeg\"")]
    [InlineData("5-8dc3f1b2a1c0d00")]
    [InlineData("\"")]
    [InlineData("\"\"")]
    [InlineData("")]
    [InlineData("ä\"é")]
    public void Every_object_comes_back_as_it_was_listed(string tag)
    {
        string[] names =
        [
            "01/\ud83d\ude00.json", "01/\ud83d\ude01.json", "02/a.json", "31/é/a b.json.gz",
            $"31/{new string('x', 900)}.json",
        ];
        StoredObject[] objects =
        [
            .. names.Select((name, number) =>
                new StoredObject("p/2024/02/" + name, 1L << (number * 15), tag, number % 2 == 1)),
        ];

        var block = new ObjectBlock(Encoding.UTF8.GetBytes("p/2024/02/"), "p/2024/02/".Length, objects);

        Assert.Equal(objects, Enumerable.Range(0, block.Count).Select(block.ObjectAt));
        Assert.Equal([1, 1, 2, 31, 31], Enumerable.Range(0, block.Count).Select(block.DayOf));
    }

    [Fact]
    public void Objects_whose_names_share_half_a_character_keep_their_names()
    {
        StoredObject[] objects = [new("01/\ud83d\ude00.json", 1, "a"), new("01/\ud83d\ude01.json", 1, "b")];

        var block = new ObjectBlock([], 0, objects);

        Assert.Equal(objects, Enumerable.Range(0, 2).Select(block.ObjectAt));
    }

    [Theory]
    [InlineData("a b c", "a b c", null, 0)]
    [InlineData("a c", "c", "a", 1)]
    [InlineData("a c", "a b c", "b", 1)]
    [InlineData("a c", "b c", "a", 2)]
    [InlineData("a b c", "", "a", 3)]
    [InlineData("a b c", "a b c d", "d", 1)]
    public void The_first_change_is_named_and_all_are_counted(string before, string after, string? first, int changes)
    {
        var (earlier, later) = (Listing(Names(before)), Listing(Names(after)));
        (string?, int) expected = (first is null ? null : $"2024/02/05/{first}.json", changes);

        Assert.Equal(expected, ListingDifference.Between(earlier, later));
        Assert.Equal(expected, ListingDifference.Between(later, earlier));

        static string[] Names(string text) =>
            [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name + ".json")];
    }

    [Fact]
    public void Another_size_ETag_or_storage_is_a_change()
    {
        var listed = new StoredObject("2024/02/05/a.json", 5, "\"e\"");

        Assert.Equal((null, 0), ListingDifference.Between(Listing(listed), Listing(listed)));
        Assert.All(
            (StoredObject[])
            [
                listed with { Size = 6 },
                listed with { ETag = "\"f\"" },
                listed with { ETag = "e" },
                listed with { IsArchived = true },
            ],
            changed => Assert.Equal(
                ("2024/02/05/a.json", 1), ListingDifference.Between(Listing(listed), Listing(changed))));
    }

    [Theory]
    [InlineData("us-east-1", true)]
    [InlineData("us-gov-west-1", true)]
    [InlineData("eusc-de-east-1", true)]
    [InlineData("ap-southeast-2", true)]
    [InlineData("us-isob-east-1", true)]
    [InlineData("query", false)]
    [InlineData("us-east", false)]
    [InlineData("us-east-", false)]
    [InlineData("US-EAST-1", false)]
    [InlineData("2024", false)]
    [InlineData("1-2-3", false)]
    [InlineData("", false)]
    public void A_regions_name_is_told_from_other_folders(string name, bool isRegion) =>
        Assert.Equal(isRegion, SourceSelection.IsRegion(name));

    [Theory]
    [InlineData("111111111111", true)]
    [InlineData(" 222222222222 ,111111111111,,222222222222", true)]
    [InlineData("", true)]
    [InlineData("11111111111", false)]
    [InlineData("1111111111111", false)]
    [InlineData("11111111111a", false)]
    [InlineData("111111111111;222222222222", false)]
    public void Accounts_are_twelve_digits_with_commas_between_them(string text, bool isRight)
    {
        Assert.Equal(isRight, SourceSelection.TryParseAccounts(text, out var accounts));
        if (isRight)
        {
            Assert.Equal(
                new SourceSelection { Accounts = accounts }.Accounts,
                accounts.Distinct().Order(StringComparer.Ordinal));
        }
    }

    private async Task<int> HoldAsync(MadeUpTrail store)
    {
        _held = await ListAsync(store);
        return _held.Count;
    }

    /// <summary>
    /// Measures until the figure stays the same, because threads that have not yet left the code of before still hold
    /// what it used.
    /// </summary>
    private static async Task<long> BytesInUseAsync()
    {
        const int Same = 4;
        const long Noise = 100_000;
        long bytes = long.MaxValue;
        for (int same = 0; same < Same;)
        {
            await Task.Delay(50, Cancellation);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            long now = GC.GetTotalMemory(forceFullCollection: true);
            same = Math.Abs(now - bytes) < Noise ? same + 1 : 0;
            bytes = now;
        }

        return bytes;
    }

    private static async Task<SourceListing> ListAsync(IObjectStore store) =>
        await new SourceDiscovery(store, new SourceSelection(), Later, deduplicate: true)
            .ListAsync(new Unit(Month), Cancellation);

    private static SourceListing Listing(params string[] names) =>
        Listing([.. names.Select(name => new StoredObject("2024/02/05/" + name, 1, "e"))]);

    private static SourceListing Listing(params StoredObject[] objects)
    {
        var folder = new ListedFolder("2024/02/", SourceNames.Daily);
        Array.ForEach(objects, folder.Add);
        folder.Close();
        return new SourceListing(
            new MadeUpTrail(0, 0, 0), new Unit(Month), new SourceSelection { Layout = SourceLayout.Daily }, 29,
            [folder]);
    }

    private static void AssertInOrder(SourceListing listing)
    {
        var last = listing[0];
        for (int place = 1; place < listing.Count; place++)
        {
            var next = listing[place];
            int order = last.Day.CompareTo(next.Day);
            Assert.True(
                order < 0 || (order == 0 && Utf8Order.Instance.Compare(last.Stored.Key, next.Stored.Key) < 0),
                next.Uri);
            last = next;
        }
    }
}

/// <summary>Tests that measure the memory of the process run while no other test does.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
