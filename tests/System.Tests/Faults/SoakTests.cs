using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.SampleData;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.EndToEnd;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// One function process that runs months under faults: for 12 seconds on moto by default. tests/soak.sh sets
/// CLOUDTRAIL_SOAK_MINUTES, CLOUDTRAIL_SOAK_ENDPOINT and CLOUDTRAIL_SOAK_RESULT.
/// </summary>
public sealed class SoakTests(S3Server server)
{
    private const double FaultProbability = 0.02;

    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(
        double.Parse(Variable("CLOUDTRAIL_SOAK_MINUTES") ?? "0.2", CultureInfo.InvariantCulture));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_process_under_faults_neither_loses_nor_doubles_an_event_nor_keeps_memory_or_handles()
    {
        using var direct = Variable("CLOUDTRAIL_SOAK_ENDPOINT") is { } endpoint
            ? S3Server.Client(endpoint)
            : await server.ClientAsync();
        string url = Variable("CLOUDTRAIL_SOAK_ENDPOINT") ?? server.EndpointUrl;
        string bucket = $"soak-{Guid.NewGuid():n}";
        await direct.PutBucketAsync(bucket, Cancellation);
        SoakMonth[] months =
        [
            await PutAsync(direct, bucket, 1, 2_000), await PutAsync(direct, bucket, 2, 40_000),
            await PutAsync(direct, bucket, 3, 10_000),
        ];
        var faults = new RandomFaults(FaultProbability, seed: 20240229);
        await using var proxy = new FaultProxy(url, addsConditions: Variable("CLOUDTRAIL_SOAK_ENDPOINT") is null);
        await using var function = LambdaProcess.OfBuild(
            ("SRC_BUCKET", bucket), ("SRC_PREFIX", "daily/"), ("DST_BUCKET", bucket), ("DST_PREFIX", "monthly/"),
            ("LOG_LEVEL", "error"),
            ("AWS_ENDPOINT_URL_S3", proxy.EndpointUrl), ("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required"),
            ("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required"));
        var result = new SoakResult(function.Id, proxy, faults);

        foreach (var month in months)
        {
            month.Expect(await function.ReportAsync(month.Event), await BytesAsync(direct, bucket, month));
        }

        proxy.Choose = faults.Choose;
        for (var elapsed = Stopwatch.StartNew(); elapsed.Elapsed < Duration;)
        {
            foreach (var month in months)
            {
                await RunAsync(direct, bucket, function, month, result);
            }

            result.Sample(elapsed.Elapsed);
        }

        if (Variable("CLOUDTRAIL_SOAK_RESULT") is { } path)
        {
            await File.WriteAllTextAsync(
                path, result.ToMarkdown(await ServerNameAsync(url), FaultProbability), Cancellation);
        }

        result.AssertFlat();
        Assert.True(
            result.Done > result.Failed, $"{result.Failed} runs failed: {string.Join("; ", result.Failures.Keys)}");
    }

    /// <summary>Deletes the month or leaves it, runs it, and compares the result with the expected one.</summary>
    private static async Task RunAsync(
        IAmazonS3 direct, string bucket, LambdaProcess function, SoakMonth month, SoakResult result)
    {
        // Every other run finds no month to replace. Neither does the run after one that failed without a month.
        if (result.Runs % 2 != 0)
        {
            await direct.DeleteObjectAsync(bucket, month.Parquet, Cancellation);
        }

        bool wasThere = await BytesAsync(direct, bucket, month) is not null;

        var answer = await function.InvokeAsync(month.Event);

        byte[]? after = await BytesAsync(direct, bucket, month);
        if (answer.IsError)
        {
            result.AddFailure(JsonElement.Parse(answer.Body).GetProperty("errorMessage").GetString()!
                .Replace(bucket, "BUCKET", StringComparison.Ordinal));
            if (after is null)
            {
                Assert.False(wasThere, $"{month.Parquet} is gone: {answer.Body}");
                return;
            }
        }
        else
        {
            var report = JsonElement.Parse(answer.Body).GetProperty("months")[0];
            month.AssertCounts(report);
            result.AddDone(report.GetProperty("events").GetInt64(), report.GetProperty("retries").GetInt64());
        }

        month.AssertWhole(after!);
    }

    private static async Task<SoakMonth> PutAsync(IAmazonS3 client, string bucket, int number, int events)
    {
        using var directory = new TemporaryDirectory();
        var arguments = new SampleArguments(new DateOnly(2024, number, 1), events)
        {
            DuplicatesPercent = 3,
            BadLinesPercent = 0.2m,
            LatePercent = 0.1m,
        };
        var summary = new SampleMonth(arguments).WriteTo(directory["daily"], threads: 2);
        foreach (string path in Directory.EnumerateFiles(directory["daily"], "*", SearchOption.AllDirectories))
        {
            await client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = bucket,
                    Key = "daily/" + Path.GetRelativePath(directory["daily"], path),
                    FilePath = path,
                },
                Cancellation);
        }

        return new SoakMonth($"2024-{number:00}", $"monthly/2024/{number:00}/000000.parquet", summary);
    }

    private static async Task<byte[]?> BytesAsync(IAmazonS3 client, string bucket, SoakMonth month)
    {
        try
        {
            using var answer = await client.GetObjectAsync(bucket, month.Parquet, Cancellation);
            var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes, Cancellation);
            return bytes.ToArray();
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            return null;
        }
    }

    private static async Task<string> ServerNameAsync(string url)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(url), Cancellation);
        string name = answer.Headers.TryGetValues("Server", out var names)
            ? string.Join(' ', names)
            : "an S3-compatible server";
        return Variable("CLOUDTRAIL_SOAK_SERVER") ?? name;
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>A month and its expected result.</summary>
    private sealed record SoakMonth(string Name, string Parquet, SampleSummary Summary)
    {
        private byte[] _hash = [];

        // Without replace, a month that is there and unchanged is not read.
        public string Event => $$"""{"month":"{{Name}}","replace":true}""";

        /// <summary>
        /// Checks the first run, without faults: its counts are the generator's, and all ids differ.
        /// </summary>
        public void Expect(JsonElement report, byte[]? bytes)
        {
            AssertCounts(report.GetProperty("months")[0]);
            object[] counts = DuckDbRows.Query([bytes!], (duckDb, paths) => duckDb.Row(
                $"SELECT count(*), count(DISTINCT event_id) FROM read_parquet({paths})"));
            Assert.Equal([Summary.Events, Summary.Events], counts.Select(Convert.ToInt64));
            _hash = SHA256.HashData(bytes!);
        }

        public void AssertCounts(JsonElement report)
        {
            Assert.Equal(
                (Summary.Lines, Summary.Events, Summary.Duplicates, Summary.BadLines),
                (Count("lines"), Count("events"), Count("duplicates"), Count("rejects")));

            long Count(string name) => report.GetProperty(name).GetInt64();
        }

        public void AssertWhole(byte[] bytes) => Assert.Equal(_hash, SHA256.HashData(bytes));
    }
}
