using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// A month of thousands of small objects, hundreds of which are requested at the same time, from a server that fails.
/// </summary>
public sealed class ManySmallObjectsTests : MonthTest, IDisposable
{
    private const int Objects = 2_000;
    private const int EventsOfObject = 3;

    /// <summary>The object at which something lasting happens: behind those that are requested at first.</summary>
    private const int Failing = 1_500;

    private readonly FakeS3 _s3;

    public ManySmallObjectsTests() : this(new FakeS3())
    {
    }

    private ManySmallObjectsTests(FakeS3 s3) : base(new Stores(s3)) => _s3 = s3;

    public static TheoryData<string, int> Faults => new(
        from fault in (string[])["SlowDown", "InternalError", "reset", "cut", "stalled", "slow"]
        from threads in (int[])[1, 2, 6]
        select (fault, threads));

    public void Dispose() => _s3.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_server_that_fails_now_and_then_gives_the_same_month(string fault, int threads)
    {
        PutObjects();
        var undisturbed = await RunAsync();
        var faults = new FaultsOfHalf(_s3, fault);
        _s3.Intercept = faults.AnswerTo;

        var faulty = await RunAsync(new RunOptions { Threads = threads, Replace = true }, _s3.ToolStore());

        Assert.Equal(Objects * EventsOfObject, faulty.Report.Events);
        Assert.Equal(undisturbed.Files, faulty.Files);
        Assert.InRange(faults.Count, Objects / 3, int.MaxValue);

        // A connection that ends without a byte of answer is replaced by .NET itself, and a slow answer is waited for.
        Assert.Equal(fault is "reset" or "slow" ? 0 : faults.Count, faulty.Report.Retries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Hundreds_of_objects_are_requested_together_and_no_more_than_256(int threads)
    {
        PutObjects();
        var together = new ConcurrencyCount(_s3);
        _s3.Intercept = together.AnswerTo;

        await RunAsync(new RunOptions { Threads = threads }, _s3.ToolStore());

        // The reader itself may wait for an object that was not requested ahead.
        Assert.InRange(together.Most, 64, 257);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Credentials_that_expire_on_the_way_fail_the_run(int threads)
    {
        PutObjects();
        int answered = 0;
        _s3.Intercept = request => request.Operation == "Get" && Interlocked.Increment(ref answered) > Failing
            ? FakeAnswer.Error(400, "ExpiredToken")
            : null;

        var failure = await FailsAsync(new RunOptions { Threads = threads }, _s3.ToolStore());

        Assert.Matches(
            "^s3://fake/p/2024/02/.*: the session's credentials have expired\\. Sign in again\\.$", failure.Message);
        Assert.InRange(_s3.Count("Get"), Failing, Failing + 300);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_server_that_takes_no_request_any_more_fails_the_run(int threads)
    {
        PutObjects();
        int answered = 0;
        _s3.Intercept = request => request.Operation == "Get" && Interlocked.Increment(ref answered) > Failing
            ? FakeAnswer.Error(503, "SlowDown")
            : null;

        var failure = await FailsAsync(new RunOptions { Threads = threads }, _s3.ToolStore());

        Assert.Matches(
            "^s3://fake/p/2024/02/.*: S3 is too busy, several times \\(SlowDown\\)\\. Start again later\\.$",
            failure.Message);
    }

    [Theory]
    [InlineData("gone", 1)]
    [InlineData("gone", 2)]
    [InlineData("changed", 1)]
    [InlineData("changed", 2)]
    public async Task The_first_object_that_vanished_or_changed_since_it_was_listed_is_named(string what, int threads)
    {
        PutObjects();
        int attempts = 0;
        _s3.Intercept = request =>
        {
            if (request.Operation == "Get" && request.Key == "p/" + KeyAt(0))
            {
                Change(First(++attempts));
                Change(First(attempts) + 1);
            }

            // The later object answers first.
            return request.Key == "p/" + KeyAt(First(attempts))
                ? _s3.Usual(request) with { After = Task.Delay(300, Cancellation) }
                : null;
        };

        var failure = await FailsAsync(new RunOptions { Threads = threads }, _s3.ToolStore());

        Assert.Equal(3, attempts);
        Assert.Equal(
            $"s3://fake/p/{KeyAt(First(3))}: it {(what == "gone" ? "is gone" : "has changed")} since it was listed. "
            + "Start again when the source is idle. The source changed in each of 3 attempts to read it.",
            failure.Message);

        // Each attempt finds two objects that differ from its own listing.
        static int First(int attempt) => Failing + (10 * attempt);

        void Change(int number)
        {
            Remove(KeyAt(number));
            if (what == "changed")
            {
                _s3.Put(KeyAt(number), ObjectAt(number));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Failing)]
    public async Task A_process_that_is_killed_among_the_reads_leaves_the_month_as_it_was(int at)
    {
        PutObjects();
        _s3.Intercept = request =>
            request.Key == "p/" + KeyAt(Objects - 1) ? FakeAnswer.Error(403, "AccessDenied") : null;
        await FailsAsync(source: _s3.ToolStore());
        string destination = Destination.UriOf("");
        using var process = new KilledProcess(
            [
                "aggregate", "--source", "s3://fake/p/", "--destination", destination, "--month", "2024-02",
                "--endpoint-url", _s3.EndpointUrl, "--path-style",
            ],
            TestCredentials.Variables);
        int answered = 0;
        _s3.Intercept = request =>
        {
            if (request.Operation == "Get" && Interlocked.Increment(ref answered) == at)
            {
                process.Kill();
            }

            return null;
        };

        Assert.False(await process.IsDoneAsync());
        Assert.Empty(await KeysAsync());

        _s3.Intercept = _ => null;
        var rerun = await RunAsync(source: _s3.ToolStore());
        Assert.Equal(Objects * EventsOfObject, rerun.Report.Events);
    }

    private static string KeyAt(int number) => string.Create(
        CultureInfo.InvariantCulture, $"2024/02/{(number * 29 / Objects) + 1:00}/{number:000000}.json.gz");

    private static byte[] ObjectAt(int number) => Gzip(Encoding.UTF8.GetBytes(
        string.Concat(Events(EventsOfObject, number * EventsOfObject).Select(line => line + "\n"))));

    private void PutObjects()
    {
        for (int number = 0; number < Objects; number++)
        {
            _s3.Put(KeyAt(number), ObjectAt(number));
        }
    }

    private void Remove(string key) => Assert.True(_s3.Objects.TryRemove("p/" + key, out _));

    /// <summary>
    /// Does the same to half of the requests: SlowDown each time at random, anything else at the first try of a
    /// request.
    /// </summary>
    private sealed class FaultsOfHalf(FakeS3 s3, string fault)
    {
        private readonly ConcurrentDictionary<string, int> _tries = new(StringComparer.Ordinal);
        private readonly Random _random = new(20240229);
        private int _count;

        public int Count => _count;

        public FakeAnswer? AnswerTo(FakeRequest request)
        {
            int tries = _tries.AddOrUpdate(request.Target, 1, (_, before) => before + 1);
            if (!IsChosen() || (tries > 1 && fault != "SlowDown")
                || (request.Operation == "List" && fault is "cut" or "stalled"))
            {
                return null;
            }

            Interlocked.Increment(ref _count);
            return fault switch
            {
                "SlowDown" => FakeAnswer.Error(503, "SlowDown"),
                "InternalError" => FakeAnswer.Error(500, "InternalError"),
                "reset" => FakeAnswer.Dropped,
                "cut" => s3.Usual(request) with { CutAt = 7 },
                "stalled" => s3.Usual(request) with { CutAt = 7, Stalls = true },
                _ => s3.Usual(request) with { After = Task.Delay(_count % 50, Cancellation) },
            };
        }

        private bool IsChosen()
        {
            lock (_random)
            {
                return _random.Next(2) == 0;
            }
        }
    }

    /// <summary>Answers each read after a while, and counts how many wait at the same time.</summary>
    private sealed class ConcurrencyCount(FakeS3 s3)
    {
        private int _now;
        private int _most;

        public int Most => _most;

        public FakeAnswer? AnswerTo(FakeRequest request)
        {
            if (request.Operation != "Get")
            {
                return null;
            }

            int now = Interlocked.Increment(ref _now);
            for (int most; (most = _most) < now && Interlocked.CompareExchange(ref _most, now, most) != most;)
            {
                // Another thread was faster.
            }

            return s3.Usual(request) with { After = LaterAsync() };
        }

        private async Task LaterAsync()
        {
            await Task.Delay(200, Cancellation);
            Interlocked.Decrement(ref _now);
        }
    }

    /// <summary>The source on the fake server, the destination in a directory.</summary>
    private sealed class Stores(FakeS3 s3) : MonthStores
    {
        private readonly DirectoryMonthStores _directories = new();
        private bool _hasSource;

        public override Task<IObjectStore> NewAsync()
        {
            if (_hasSource)
            {
                return _directories.NewAsync();
            }

            _hasSource = true;
            return Task.FromResult<IObjectStore>(s3.ToolStore());
        }

        public override Task<string[]> LeftoversAsync() => _directories.LeftoversAsync();

        public override ValueTask DisposeAsync() => _directories.DisposeAsync();
    }
}
