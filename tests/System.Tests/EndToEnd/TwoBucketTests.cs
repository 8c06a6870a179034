using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// Buckets in two regions that are not the function's, one with a policy that demands an encryption header: each
/// message says what to set next, and with all settings the run writes the month.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class TwoBucketTests : IAsyncDisposable
{
    private const string Denied = "s3://monthly/p/2024/02/000000.parquet: access denied. ";

    private const string SourceIsElsewhere =
        $"s3://daily/p/: the bucket is in the region {TwoBuckets.SourceRegion}, and the request was sent to "
        + "another one. Set SRC_REGION for the source or DST_REGION for the destination (--source-region, "
        + $"--destination-region; --region of show) to {TwoBuckets.SourceRegion}.";

    private const string DestinationIsElsewhere =
        $"s3://monthly/p/2024/02/: the bucket is in the region {TwoBuckets.DestinationRegion}, and the request was "
        + "sent to another one. ";

    private readonly TwoBuckets _buckets = new();

    public ValueTask DisposeAsync() => _buckets.DisposeAsync();

    [Fact]
    public async Task At_a_terminal_each_message_names_the_next_option()
    {
        string[] arguments =
        [
            "aggregate", "--source", "s3://daily/p", "--destination", "s3://monthly/p", "--month", "2024-02",
            "--endpoint-url", _buckets.EndpointUrl, "--path-style",
        ];
        string[] source = ["--source-region", TwoBuckets.SourceRegion];
        string[] both = [.. source, "--destination-region", TwoBuckets.DestinationRegion];

        Assert.StartsWith("error: " + SourceIsElsewhere, await FailsAsync([]), StringComparison.Ordinal);
        Assert.StartsWith("error: " + DestinationIsElsewhere, await FailsAsync(source), StringComparison.Ordinal);
        string denied = await FailsAsync(both);
        var run = await CommandLineRun.OfAsync(
            TestCredentials.Variables, [.. arguments, .. both, "--sse", TwoBuckets.Sse]);

        Assert.StartsWith("error: " + Denied, denied, StringComparison.Ordinal);
        Assert.Contains(
            "If the bucket's policy demands an encryption header, set DST_SSE (--sse).", denied,
            StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.Contains(
            $"CREATE SECRET (TYPE s3, PROVIDER credential_chain, REGION '{TwoBuckets.DestinationRegion}', ENDPOINT ",
            run.Output, StringComparison.Ordinal);
        Assert.True(_buckets.IsWritten);

        async Task<string> FailsAsync(string[] more)
        {
            var failed = await CommandLineRun.OfAsync(TestCredentials.Variables, [.. arguments, .. more]);
            Assert.Equal((1, ""), (failed.ExitCode, failed.Output));
            return Assert.Single(failed.ErrorLines);
        }
    }

    [Fact]
    public async Task The_region_of_show_is_an_option_too()
    {
        string[] arguments = ["show", "s3://monthly/p", "--endpoint-url", _buckets.EndpointUrl, "--path-style"];

        var elsewhere = await CommandLineRun.OfAsync(TestCredentials.Variables, arguments);
        var there = await CommandLineRun.OfAsync(
            TestCredentials.Variables, [.. arguments, "--region", TwoBuckets.DestinationRegion]);

        Assert.Contains(
            $"--region of show) to {TwoBuckets.DestinationRegion}.", Assert.Single(elsewhere.ErrorLines),
            StringComparison.Ordinal);
        Assert.Equal(
            "error: s3://monthly/p: there is no file below it whose name ends in .parquet. "
            + "Correct the directory or prefix.",
            Assert.Single(there.ErrorLines));
    }

    [Fact]
    public async Task In_the_function_each_message_names_the_next_setting()
    {
        (string, string)[] source = [("SRC_REGION", TwoBuckets.SourceRegion)];
        (string, string)[] both = [.. source, ("DST_REGION", TwoBuckets.DestinationRegion)];

        Assert.Contains(SourceIsElsewhere, await AnswerAsync([]), StringComparison.Ordinal);
        Assert.Contains(DestinationIsElsewhere, await AnswerAsync(source), StringComparison.Ordinal);
        Assert.Contains(Denied, await AnswerAsync(both), StringComparison.Ordinal);
        Assert.False(_buckets.IsWritten);
        Assert.Contains(
            "\"status\":\"written\"", await AnswerAsync([.. both, ("DST_SSE", TwoBuckets.Sse)]),
            StringComparison.Ordinal);
        Assert.True(_buckets.IsWritten);
    }

    private async Task<string> AnswerAsync((string, string)[] more)
    {
        (string, string)[] places =
        [
            ("SRC_BUCKET", "daily"), ("SRC_PREFIX", "p/"), ("DST_BUCKET", "monthly"), ("DST_PREFIX", "p/"),
            ("AWS_ENDPOINT_URL_S3", _buckets.EndpointUrl),
        ];
        await using var lambda = LambdaProcess.OfBuild([.. places, .. more]);
        return (await lambda.InvokeAsync("""{"month":"2024-02"}""")).Body;
    }
}
