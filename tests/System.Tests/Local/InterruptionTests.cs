using System.Diagnostics;
using System.Globalization;
using Amazon.S3;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class InterruptionTests(S3Server server) : IDisposable
{
    private static readonly (string, string)[] Credentials =
        [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];

    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Theory]
    [InlineData("INT", 2, "1")]
    [InlineData("INT", 2, "2")]
    [InlineData("TERM", 15, "2")]
    public async Task A_run_that_is_stopped_leaves_the_month_as_it_was_and_nothing_half_done(
        string signal, int number, string threads)
    {
        _months.Write("2024/02/01/000000.ndjson", Months.Event(0));
        await _months.RunAsync("--no-deduplicate");
        byte[] standing = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);
        _months.WriteLong();

        // Slow to compress, so the run takes a minute.
        string[] arguments = _months.Aggregate("--threads", threads, "--no-deduplicate", "--compression", "gzip");
        using var process = Start(signal, number, arguments);
        string? progress;
        do
        {
            progress = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (progress is not null && !progress.Contains("files", StringComparison.Ordinal));

        string[] whileRunning = _months.Written();
        await SendAsync(signal, process);
        var run = await CommandLineRun.EndOfAsync(process);

        Assert.Matches(
            @"^2024-02: [0-9]+ of 1,120 files, [0-9.]+ of [0-9.]+ [MG]B, [0-9,]+ events/s, [0-9]+ (s|min) left$",
            progress);
        Assert.Equal(2, whileRunning.Length);
        Assert.Equal((128 + number, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            "error: cancelled before the commit of 2024-02, which is unchanged; nothing staged is left.",
            Assert.Single(run.ErrorLines));
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
        Assert.Equal(standing, await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("listing", "^GET [^ ]*prefix=daily", 1)]
    [InlineData("reading", "^GET /[^ ]*/daily/2024/02/", 1)]
    [InlineData("listing once more", "^GET [^ ]*prefix=daily", 2)]
    public async Task Before_the_commit_nothing_is_changed_whatever_is_under_way(
        string phase, string request, int number)
    {
        var (bucket, client) = await BucketAsync();
        await using var proxy = new HoldingProxy(server.EndpointUrl, request, number);

        var run = await InterruptAsync(proxy, [.. Aggregate(bucket, proxy), "--month", "2024-02"]);

        Assert.Equal((130, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            "error: cancelled before the commit of 2024-02, which is unchanged; nothing staged is left.",
            Assert.Single(run.ErrorLines));
        Assert.True(await WrittenAsync(client, bucket) is [], phase);
        client.Dispose();
    }

    [Fact]
    public async Task A_commit_that_has_started_is_finished_and_the_months_after_it_are_not_started()
    {
        var (bucket, client) = await BucketAsync();
        await using var proxy = new HoldingProxy(
            server.EndpointUrl, "^POST [^ ]*monthly/2024/02/000000.parquet[^ ]*uploadId=");

        var run = await InterruptAsync(
            proxy, [.. Aggregate(bucket, proxy), "--from", "2024-01", "--to", "2024-04", "--allow-empty"]);

        Assert.Equal(130, run.ExitCode);
        Assert.Equal(
            "error: cancelled after the end of 2024-02, which is done. 2 of 4 months are done. "
            + "Continue with --from 2024-03 --to 2024-04.",
            run.ErrorLines[^1]);
        Assert.EndsWith("\n4 months: 2 done, 0 failed, 2 not done.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(["monthly/2024/02/000000.parquet"], await WrittenAsync(client, bucket));
        client.Dispose();
    }

    [Fact]
    public async Task A_check_that_is_stopped_proves_nothing_and_says_so()
    {
        var (bucket, client) = await BucketAsync();
        await using var proxy = new HoldingProxy(server.EndpointUrl, "^GET /[^ ]*/daily/2024/02/");

        var run = await InterruptAsync(proxy, ["check", .. Aggregate(bucket, proxy)[1..], "--month", "2024-02"]);

        Assert.Equal((130, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            "error: cancelled before the end of 2024-02, which is not proven; nothing was changed.",
            Assert.Single(run.ErrorLines));
        client.Dispose();
    }

    /// <summary>
    /// Runs until the request is held back, sends Ctrl-C, and releases the request once the run has noticed.
    /// </summary>
    private static async Task<CommandLineRun> InterruptAsync(HoldingProxy proxy, string[] arguments)
    {
        using var process = Start("INT", 2, arguments, Credentials);
        await Task.WhenAny(proxy.Held, process.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.True(
            proxy.Held.IsCompleted,
            process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
        await SendAsync("INT", process);
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line is not null && !line.EndsWith(": stopping", StringComparison.Ordinal));

        proxy.Release();
        return await CommandLineRun.EndOfAsync(process);
    }

    private async Task<(string Bucket, IAmazonS3 Client)> BucketAsync()
    {
        string bucket = await server.NewBucketAsync();
        var client = await server.ClientAsync();
        await client.PutObjectAsync(
            new() { BucketName = bucket, Key = "daily/2024/02/01/000000.ndjson", ContentBody = Months.Event(1) + "\n" },
            TestContext.Current.CancellationToken);
        return (bucket, client);
    }

    private static string[] Aggregate(string bucket, HoldingProxy proxy) =>
        [
            "aggregate", "--source", $"s3://{bucket}/daily", "--destination", $"s3://{bucket}/monthly",
            "--endpoint-url", proxy.EndpointUrl, "--path-style",
        ];

    /// <summary>The objects below the destination; none may be half-done.</summary>
    private static async Task<string[]> WrittenAsync(IAmazonS3 client, string bucket)
    {
        var uploads = await client.ListMultipartUploadsAsync(bucket, TestContext.Current.CancellationToken);
        Assert.Empty(uploads.MultipartUploads ?? []);
        var listed = await client.ListObjectsV2Async(
            new() { BucketName = bucket, Prefix = "monthly/" }, TestContext.Current.CancellationToken);
        return [.. (listed.S3Objects ?? []).Select(found => found.Key)];
    }

    /// <summary>The command line, started so that it can receive the signal.</summary>
    private static Process Start(
        string signal, int number, string[] arguments, params (string Name, string Value)[] environment)
    {
        TestRun.Needs(File.Exists("/bin/kill"), "There is no /bin/kill to send a signal with.");
        string[] command =
            [.. StartedAs.Interruptible(signal, number), .. CommandLineRun.Program, .. arguments];
        return CommandLineRun.Start(command[0], command[1..], environment);
    }

    private static async Task SendAsync(string signal, Process process)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
