using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// Permanent faults: the run fails after a limited number of tries and names the object and the remedy, and the month
/// is unchanged.
/// </summary>
public abstract class LastingFaultTests(S3Server server, SourceLayout layout) : FaultyMonthTest(server, layout)
{
    private static readonly Dictionary<string, (Func<Fault> Make, int Tries)> Faults = new(StringComparer.Ordinal)
    {
        ["500"] = (() => Fault.InternalError, 5),

        // Reads and listings are sent again for 0.1 s after the last success of any, with waits that double.
        ["503 SlowDown"] = (() => Fault.Busy, 40),
        ["expired credentials"] = (() => Fault.ExpiredCredentials, 1),

        // Each try of the SDK, and two replacements of a stale connection, which .NET each repeats three times.
        ["reset"] = (() => Fault.Reset, 28),
    };

    /// <summary>The kinds of request before the first file is visible.</summary>
    private static readonly string[] Operations = ["List", "Get", "Initiate", "Part", "Head", "Complete"];

    public static TheoryData<string> KindsOfFault => new(Faults.Keys);

    [Theory]
    [InlineData("Get")]
    [InlineData("Part")]
    public async Task A_request_that_is_never_answered_is_given_up_and_the_month_stays_as_it_was(string operation)
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = EachTime(operation, () => Fault.Silence);

        var failure = await FailsAsync(
            TwoFiles, Through(proxy, Source, timeoutSeconds: 1), Through(proxy, Destination, timeoutSeconds: 1));

        Assert.Matches(
            @"^s3://.*2024/02/.*: S3 did not answer in time, several times\. Check the network and start again\.$",
            failure.Message);
        Assert.InRange(proxy.Faults, 5, 7);
    }

    [Theory]
    [MemberData(nameof(KindsOfFault))]
    public async Task A_request_that_always_fails_is_given_up_and_the_month_stays_as_it_was(string fault)
    {
        await PutMonthAsync();
        var (make, tries) = Faults[fault];
        foreach (string operation in Operations)
        {
            var proxy = NewProxy();
            proxy.Choose = EachTime(operation, make);

            var failure = await FailsAsync(TwoFiles, Through(proxy, Source), Through(proxy, Destination));

            TestContext.Current.TestOutputHelper?.WriteLine($"{operation}, {proxy.Faults} tries: {failure.Message}");
            Assert.InRange(proxy.Faults, 1, tries);
            Assert.Matches(
                operation == "List" ? "^s3://.*/: .*[.)]$" : @"^s3://.*2024/02/.*: .*[.)]$", failure.Message);
        }
    }

    [Fact]
    public async Task A_server_that_stays_away_is_said_so()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        Task? away = null;
        proxy.Choose = request =>
        {
            if (request.Operation == "List")
            {
                away ??= proxy.RefuseAsync();
            }

            return null;
        };

        var failure = await FailsAsync(TwoFiles, Through(proxy, Source), Through(proxy, Destination));

        await away!;
        Assert.Contains("S3 cannot be reached: Connection refused", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listing_that_repeats_or_reorders_keys_is_not_relied_on(bool repeats)
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = request => request.Operation == "List" && !request.Query.ContainsKey("delimiter")
            ? Fault.Changed(body => Listing(body, repeats))
            : null;

        var failure = await FailsAsync(TwoFiles, Through(proxy, Source));

        Assert.Matches(
            "^s3://.*2024/02/.*: the bucket lists it after .*2024/02/.*, so the listing repeats or reorders keys and "
            + "is unreliable\\. Start again\\.",
            failure.Message);
    }

    [Fact]
    public async Task A_page_that_comes_again_and_again_ends_the_listing()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        string page = "";
        proxy.Choose = request => request.Operation != "List" ? null
            : request.Query.ContainsKey("continuation-token") ? Fault.Instead(new FakeAnswer(200, page))
            : Fault.Changed(body => Encoding.UTF8.GetBytes(page = Encoding.UTF8.GetString(body)
                .Replace(
                    "<IsTruncated>false</IsTruncated>",
                    "<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>",
                    StringComparison.Ordinal)));

        var failure = await FailsAsync(TwoFiles, Through(proxy, Source));

        Assert.Contains("repeats or reorders keys", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, proxy.Faults);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task An_object_that_is_replaced_each_time_it_is_read_fails_the_run(int number)
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        string replaced = Sources[number];
        int times = 0;
        proxy.Choose = request => request.Operation == "Get" && request.Key.EndsWith(replaced, StringComparison.Ordinal)
            && request.Headers.GetValueOrDefault("Range", "bytes=0-").StartsWith("bytes=0-", StringComparison.Ordinal)
            ? Fault.Cut(20) with { Then = () => PutSourceAsync(replaced, Event($"{++times}")).GetAwaiter().GetResult() }
            : null;

        var failure = await FailsAsync(TwoFiles, Through(proxy, Source));

        Assert.Equal(3, times);
        Assert.Equal(
            $"{Source.UriOf(replaced)}: it has changed since it was listed. Start again when the source is idle. "
            + "The source changed in each of 3 attempts to read it.",
            failure.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_source_with_a_wrong_bit_is_found_by_its_checksum(int number)
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = request => request.Operation == "Get"
            && request.Key.EndsWith(Sources[number], StringComparison.Ordinal)
            ? Fault.Changed(FlippedInTheMiddle)
            : null;

        var failure = await FailsAsync(TwoFiles, Through(proxy, Source));

        Assert.StartsWith(Source.UriOf(Sources[number]), failure.Message, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(failure.Message);
    }

    [Fact]
    public async Task A_part_that_arrives_with_a_wrong_checksum_fails_the_run()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = request => request.Operation == "Part" ? Fault.Refusal(400, "BadDigest") : null;

        var failure = await FailsAsync(TwoFiles, Source, Through(proxy, Destination));

        Assert.StartsWith(
            Destination.UriOf(Rejects0) + ": its bytes changed on the way to S3 (BadDigest).", failure.Message,
            StringComparison.Ordinal);
        Assert.InRange(proxy.Faults, 1, 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_write_that_waits_for_a_stalled_part_ends_when_the_run_is_cancelled(int threads)
    {
        // No dictionary makes the file small, because no value is repeated.
        await PutSourceAsync(Sources[0], [.. Enumerable.Range(0, 40).SelectMany(copy => LargeEvents(1_000)
            .Select(line => line
                .Replace("\"eventID\":\"", $"\"eventID\":\"{copy}-", StringComparison.Ordinal)
                .Replace("\"requestParameters\":\"", $"\"requestParameters\":\"{copy}-", StringComparison.Ordinal)))]);
        var proxy = NewProxy();
        using var cancellation = new CancellationTokenSource();
        int parts = 0;
        proxy.Choose = request =>
        {
            if (request.Operation != "Part")
            {
                return null;
            }

            if (Interlocked.Increment(ref parts) == 2)
            {
                cancellation.CancelAfter(500);
            }

            return Fault.Silence;
        };
        var waited = Stopwatch.StartNew();

        await FailsAsync<OperationCanceledException>(
            new() { Threads = threads, Codec = Codec.None }, Source, Through(proxy, Destination), cancellation.Token);

        Assert.Equal(2, parts);
        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20));
    }

    private static byte[] Listing(byte[] body, bool repeats)
    {
        var page = XDocument.Parse(Encoding.UTF8.GetString(body));
        var keys = page.Root!.Elements().Where(element => element.Name.LocalName == "Contents").ToList();
        if (repeats)
        {
            keys[0].AddAfterSelf(keys[0]);
        }
        else
        {
            keys[0].AddBeforeSelf(keys[1]);
        }

        if (!repeats)
        {
            keys[1].Remove();
        }

        return Encoding.UTF8.GetBytes(page.ToString(SaveOptions.DisableFormatting));
    }

    private static byte[] FlippedInTheMiddle(byte[] body)
    {
        body[body.Length / 2] ^= 0x10;
        return body;
    }
}

public sealed class LastingFaultsOfDailyFiles(S3Server server) : LastingFaultTests(server, SourceLayout.Daily);

public sealed class LastingFaultsOfTrails(S3Server server) : LastingFaultTests(server, SourceLayout.Trail);
