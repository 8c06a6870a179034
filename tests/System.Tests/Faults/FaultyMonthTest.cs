using System.Collections.Concurrent;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>A month on moto, run through the proxy; the tests check it without the proxy.</summary>
/// <param name="server">moto.</param>
/// <param name="layout">Whether the sources are stage 1's files, or a trail's containers.</param>
public abstract class FaultyMonthTest(S3Server server, SourceLayout layout) : MonthTest(new S3MonthStores(server))
{
    private const string LogFiles = "AWSLogs/111122223333/CloudTrail/us-east-1/";

    /// <summary>Two Parquet files.</summary>
    protected static readonly RunOptions TwoFiles = new() { RowsPerFile = 70 };

    private readonly List<IAsyncDisposable> _proxies = [];
    private readonly List<IDisposable> _clients = [];

    protected const int EventsInMonth = 130;

    /// <summary>The keys of the month's sources, in order.</summary>
    protected string[] Sources { get; } = layout == SourceLayout.Trail
        ? [$"{LogFiles}2024/02/01/a.json.gz", $"{LogFiles}2024/02/02/b.json", $"{LogFiles}2024/02/29/c.json.gz"]
        : ["2024/02/01/000000.ndjson.gz", "2024/02/02/000000.ndjson", "2024/02/29/000000.ndjson.gz"];

    /// <summary>A proxy that is disposed with the test.</summary>
    internal FaultProxy NewProxy()
    {
        var proxy = new FaultProxy(server.EndpointUrl);
        _proxies.Add(proxy);
        return proxy;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }

        _clients.ForEach(client => client.Dispose());
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The store, through the proxy.</summary>
    internal IObjectStore Through(
        FaultProxy proxy, IObjectStore store, double timeoutSeconds = 100, double longestWaitSeconds = 0.01)
    {
        var direct = (S3Store)store;
        var client = proxy.Client(timeoutSeconds, longestWaitSeconds);
        _clients.Add(client);
        return new S3Store(client, direct.Bucket, direct.FullKeyOf(""))
        {
            ResumeDelay = TimeSpan.FromMilliseconds(1),
            BusyTimeout = TimeSpan.FromMilliseconds(100),
            IdleTimeout = TimeSpan.FromSeconds(1),
            AbortTimeout = TimeSpan.FromSeconds(1),
        };
    }

    internal Task<MonthResult> RunThroughAsync(
        FaultProxy proxy, RunOptions options, double timeoutSeconds = 100, double longestWaitSeconds = 0.01) =>
        RunAsync(
            options, Through(proxy, Source, timeoutSeconds, longestWaitSeconds),
            Through(proxy, Destination, timeoutSeconds, longestWaitSeconds));

    /// <summary>
    /// Puts three sources with two rejects, after a run with other settings over fewer events, which wrote more files.
    /// </summary>
    protected async Task PutMonthAsync()
    {
        await PutSourceAsync(Sources[0], [.. Events(6), "\"old reject\""]);
        await RunAsync(new RunOptions { RowsPerFile = 2 });
        await PutSourceAsync(Sources[0], [.. Events(9), "\"new reject\""]);
        await PutSourceAsync(Sources[1], LargeEvents(EventsInMonth - 10));
        await PutSourceAsync(Sources[2], Event("z"), "\"last reject\"");
    }

    /// <summary>Puts the records as a source of the layout.</summary>
    protected Task PutSourceAsync(string key, params string[] records) => layout == SourceLayout.Trail
        ? PutTextAsync(key, $"{{\"Records\":[{string.Join(',', records)}]}}")
        : PutAsync(key, records);

    internal string[] SourcesRead(IEnumerable<FakeRequest> requests) =>
    [
        .. from request in requests
           where request.Operation == "Get"
           from source in Sources
           where request.Key.EndsWith(source, StringComparison.Ordinal)
           select IsResumed(request)
               ? $"{source} {request.Headers["Range"].TrimEnd("0123456789".ToCharArray())}"
               : source,
    ];

    /// <summary>Whether it requests the rest of an object.</summary>
    internal static bool IsResumed(FakeRequest request) =>
        request.Headers.TryGetValue("Range", out string? range)
            && !range.StartsWith("bytes=0-", StringComparison.Ordinal);

    /// <summary>The fault, the first time each request is sent.</summary>
    internal static Func<FakeRequest, Fault?> FirstTime(Func<FakeRequest, Fault?> fault)
    {
        var seen = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        return request => seen.TryAdd(
            $"{request.Method} {request.Target} {request.Headers.GetValueOrDefault("Range")}", 0)
            ? fault(request)
            : null;
    }

    /// <summary>
    /// The fault, each time one request of a kind is sent: the first that arrives, if several are sent at once.
    /// </summary>
    internal static Func<FakeRequest, Fault?> EachTime(string operation, Func<Fault> fault)
    {
        string? failing = null;
        return request => request.Operation == operation
            && (Interlocked.CompareExchange(ref failing, request.Target, null) ?? request.Target) == request.Target
            ? fault()
            : null;
    }
}
