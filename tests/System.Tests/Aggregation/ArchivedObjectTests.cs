using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The run names archived objects, which must be restored first, before it reads anything.</summary>
public sealed class ArchivedObjectTests(S3Server server) : IAsyncDisposable
{
    private const string Restored =
        "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>"
        + "<RestoreExpiryDate>2036-02-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>";
    private const string BeingRestored =
        "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus>";
    private const string Standing = "2024/02/000000.parquet";

    private readonly FakeS3 _s3 = new();
    private readonly Months _months = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _months.Dispose();
        await _s3.DisposeAsync();
    }

    [Fact]
    public async Task Archived_sources_are_counted_and_the_first_are_named_before_any_is_read()
    {
        _s3.Intercept = Listing(
            ("1", "STANDARD", ""), ("2", "GLACIER", ""), ("3", "DEEP_ARCHIVE", ""), ("4", "GLACIER", BeingRestored),
            ("5", "GLACIER", ""));

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => RunAsync(_s3.Store(), new DirectoryStore(_months.Destination)));

        Assert.Equal(
            "s3://fake/p/2024/02/: 4 of 5 source objects are archived (GLACIER or DEEP_ARCHIVE): "
            + "2024/02/01/2.ndjson, 2024/02/01/3.ndjson, 2024/02/01/4.ndjson, .... Nothing was read. "
            + "Restore them first (aws s3api restore-object), and start again once that is done.",
            failure.Message);
        Assert.All(_s3.Requests, request => Assert.Equal("List", request.Operation));
    }

    [Fact]
    public async Task Sources_that_can_be_read_in_an_archive_class_are_read()
    {
        byte[] source = Encoding.UTF8.GetBytes(Months.Event(1) + "\n");
        string[] names = ["1", "2", "3", "4"];
        Array.ForEach(names, name => _s3.Put($"2024/02/01/{name}.ndjson", source));
        _s3.Intercept = Listing(
            ("1", "GLACIER_IR", ""), ("2", "GLACIER", Restored), ("3", "DEEP_ARCHIVE", Restored),
            ("4", "INTELLIGENT_TIERING", ""));

        var report = await RunAsync(_s3.Store(), new DirectoryStore(_months.Destination));

        Assert.Equal((4L, 1L), (report.Lines, report.Events));
        var listings = _s3.Requests.Where(request =>
            request.Operation == "List" && !request.Query.ContainsKey("delimiter"));
        Assert.All(listings, request => Assert.Equal(
            "RestoreStatus", request.Headers["x-amz-optional-object-attributes"]));
    }

    [Fact]
    public async Task An_archived_month_is_replaced_only_when_the_request_says_so()
    {
        using var client = await server.ClientAsync();
        string bucket = await server.NewBucketAsync();
        var destination = new S3Store(client, bucket, "monthly/");
        var source = new DirectoryStore(_months.Source);
        _months.Write("2024/02/01/a.ndjson", Months.Event(1));
        await RunAsync(source, destination);
        await ArchiveAsync(client, bucket);

        var refused = await Assert.ThrowsAsync<AggregationException>(() => RunAsync(source, destination));
        var report = await RunAsync(source, destination, new RunOptions { Replace = true });
        var again = await RunAsync(source, destination);

        Assert.Equal(
            $"s3://{bucket}/monthly/{Standing}: it is archived, so what it holds is not known. Nothing was replaced. "
            + "Restore it first (aws s3api restore-object), or say \"replace\": true (--replace) to replace it.",
            refused.Message);
        Assert.Equal((1L, 1L), (report.Events, again.Events));
    }

    /// <summary>A listing does not report an archive tier of INTELLIGENT_TIERING; only a read finds it.</summary>
    [Fact]
    public async Task An_archived_month_that_the_listing_does_not_tell_of_names_the_same_way_out()
    {
        _months.Write("2024/02/01/a.ndjson", Months.Event(1));
        var standing = _s3.Put(Standing, new byte[100]);
        _s3.Intercept = request => request switch
        {
            { Operation: "List" } when request.Query["prefix"] == "p/2024/02/" => new FakeAnswer(200, Listed(
                $"<Contents><Key>p/{Standing}</Key><Size>100</Size><ETag>{standing.ETag}</ETag>"
                + "<StorageClass>INTELLIGENT_TIERING</StorageClass></Contents>")),
            { Operation: "List" } => new FakeAnswer(200, Listed("")),
            { Operation: "Get" } => FakeAnswer.Error(403, "InvalidObjectState"),
            _ => null,
        };

        var refused = await Assert.ThrowsAsync<AggregationException>(
            () => RunAsync(new DirectoryStore(_months.Source), _s3.Store()));
        var report = await RunAsync(new DirectoryStore(_months.Source), _s3.Store(), new RunOptions { Replace = true });

        Assert.StartsWith(
            $"s3://fake/p/{Standing}: it is archived, so what it holds is not known.", refused.Message,
            StringComparison.Ordinal);
        Assert.Contains("--replace", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, report.Events);
    }

    private static async Task ArchiveAsync(IAmazonS3 client, string bucket)
    {
        string key = "monthly/" + Standing;
        await client.CopyObjectAsync(
            new CopyObjectRequest
            {
                SourceBucket = bucket,
                SourceKey = key,
                DestinationBucket = bucket,
                DestinationKey = key,
                StorageClass = S3StorageClass.Glacier,
            },
            Cancellation);
    }

    private static Task<RunReport> RunAsync(
        IObjectStore source, IObjectStore destination, RunOptions? options = null) =>
        new AggregationRun(source, destination, options ?? new RunOptions(), TimeProvider.System)
            .RunAsync(new Unit(new Month(2024, 2)), Cancellation);

    private static string Listed(string contents) =>
        $"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>";

    /// <summary>
    /// Answers a listing with sources of one event each, by name, storage class and restore status.
    /// </summary>
    private Func<FakeRequest, FakeAnswer?> Listing(
        params (string Name, string StorageClass, string RestoreStatus)[] sources) => request =>
        request.Operation != "List" ? null : new FakeAnswer(200, Listed(string.Concat(sources.Select(source =>
        {
            string key = $"p/2024/02/01/{source.Name}.ndjson";
            var there = _s3.Objects.GetValueOrDefault(key);
            return $"<Contents><Key>{key}</Key><Size>{there?.Bytes.Length ?? 1}</Size>"
                + $"<ETag>{there?.ETag ?? "\"e\""}</ETag><StorageClass>{source.StorageClass}</StorageClass>"
                + $"{source.RestoreStatus}</Contents>";
        }))));
}
