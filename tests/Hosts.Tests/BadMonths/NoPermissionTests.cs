using System.Diagnostics;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.BadMonths;

/// <summary>
/// A run without permission to read or write fails as a whole, and names the object and the missing permission.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class NoPermissionTests : IAsyncDisposable
{
    private const string EmptyListing = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    private const string Listing =
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/2024/02/01/a.ndjson</Key>"
        + "<Size>9</Size><ETag>\"e\"</ETag></Contents></ListBucketResult>";

    private readonly FakeS3 _s3 = new();
    private readonly Months _months = new();

    public async ValueTask DisposeAsync()
    {
        _months.Dispose();
        await _s3.DisposeAsync();
    }

    [Theory]
    [InlineData("List", "s3://fake/p/: access denied. The role or user needs s3:ListBucket on the bucket fake.")]
    [InlineData(
        "Get",
        "s3://fake/p/2024/02/01/a.ndjson: access denied. The role or user needs s3:GetObject on it, s3:ListBucket on "
        + "the bucket, and kms:Decrypt if it is encrypted with a KMS key.")]
    public async Task A_source_that_may_not_be_read_is_named_with_the_missing_right(string denied, string message)
    {
        _s3.Intercept = request =>
            request.Operation == denied ? FakeAnswer.Error(403, "AccessDenied") : new FakeAnswer(200, Listing);

        var failure = await FailsAsync(_s3.Store(), new DirectoryStore(_months.Destination));

        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_months.Written());
    }

    [Theory]
    [InlineData(
        "List", "s3://fake/p/2024/02/: access denied. The role or user needs s3:ListBucket on the bucket fake.")]
    [InlineData(
        "Initiate",
        "s3://fake/p/2024/02/000000.parquet: access denied. The role or user needs s3:PutObject on it, and "
        + "kms:GenerateDataKey and kms:Decrypt")]
    [InlineData("Part", "s3://fake/p/2024/02/000000.parquet: access denied. The role or user needs s3:PutObject on it")]
    [InlineData(
        "Complete", "s3://fake/p/2024/02/000000.parquet: access denied. The role or user needs s3:PutObject on it")]
    public async Task A_destination_that_may_not_be_written_is_named_with_the_missing_right(
        string denied, string message)
    {
        _months.Write("2024/02/01/a.ndjson", Months.Event(1));
        _s3.Intercept = request => request.Operation == denied ? FakeAnswer.Error(403, "AccessDenied")
            : request.Operation == "List" ? new FakeAnswer(200, EmptyListing)
            : null;

        var failure = await FailsAsync(new DirectoryStore(_months.Source), _s3.Store());

        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_s3.Uploads);
        Assert.Empty(_s3.Objects);
    }

    /// <summary>Opens them as another user, because root may ignore file modes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_directory_that_may_not_be_used_is_named_with_the_way_out(bool destination)
    {
        string[] command =
        [
            .. StartedAs.Nobody(CommandLineRun.File), .. CommandLineRun.Program, .. _months.Aggregate(),
        ];
        string source = _months.Write("2024/02/01/a.ndjson", Months.Event(1));
        string denied = destination ? _months.Destination : source;
        Directory.CreateDirectory(_months.Destination);
        Assert.Equal(0, await ExitCodeAsync(["chmod", "755", Path.GetDirectoryName(_months.Source)!]));
        Assert.Equal(0, await ExitCodeAsync(["chmod", destination ? "555" : "000", denied]));

        using var process = CommandLineRun.Start(command[0], command[1..]);
        var run = await CommandLineRun.EndOfAsync(process);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        string error = Assert.Single(run.ErrorLines);
        Assert.StartsWith($"error: {denied}", error, StringComparison.Ordinal);
        Assert.EndsWith("Give the user that runs this access to it.", error, StringComparison.Ordinal);
        Assert.Empty(_months.Written());
    }

    private static async Task<AggregationException> FailsAsync(IObjectStore source, IObjectStore destination) =>
        await Assert.ThrowsAsync<AggregationException>(
            () => new AggregationRun(source, destination, new RunOptions(), TimeProvider.System)
            .RunAsync(new Unit(new Month(2024, 2)), TestContext.Current.CancellationToken));

    private static async Task<int> ExitCodeAsync(string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
