using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>
/// A small S3 server with one bucket, whose answers a test can replace: refuse, stall, cut bodies, drop connections.
/// It knows objects, ranges, conditions and multipart uploads; it does not keep the bytes of upload parts.
/// </summary>
internal sealed class FakeS3 : IAsyncDisposable
{
    public const string Bucket = "fake";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly List<IAmazonS3> _clients = [];
    private readonly Task _accepting;

    public FakeS3()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The test's answer to a request, or null for the default one.</summary>
    public Func<FakeRequest, FakeAnswer?> Intercept { get; set; } = _ => null;

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();
    public ConcurrentDictionary<string, FakeObject> Objects { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<string, string> Uploads { get; } = new(StringComparer.Ordinal);

    public string EndpointUrl => $"http://{_listener.LocalEndpoint}";

    /// <summary>
    /// A store on it that sends each request at most <paramref name="tries"/> times, with short waits.
    /// </summary>
    public S3Store Store(
        int parallelParts = 2, int tries = 1, int idleMilliseconds = 10_000, S3UploadEncryption? encryption = null)
    {
        var client = new AmazonS3Client(
            new BasicAWSCredentials(TestCredentials.Name, TestCredentials.Name),
            new AmazonS3Config
            {
                ServiceURL = EndpointUrl,
                ForcePathStyle = true,
                MaxErrorRetry = tries - 1,
                MaxStaleConnectionRetries = 0,
                Timeout = TimeSpan.FromSeconds(20),
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        _clients.Add(client);
        return new S3Store(client, Bucket, "p/", parallelParts)
        {
            ResumeDelay = TimeSpan.FromMilliseconds(1),
            BusyTimeout = TimeSpan.FromMilliseconds(100),
            IdleTimeout = TimeSpan.FromMilliseconds(idleMilliseconds),
            Encryption = encryption,
        };
    }

    /// <summary>A store with the client that the tool makes, with a short wait between two tries.</summary>
    public S3Store ToolStore()
    {
        TestCredentials.SetHere();
        var config = S3Client.ConfigOf(new S3Endpoint(EndpointUrl: EndpointUrl, PathStyle: true));
        var client = new S3RetryCountingClient(config, TimeSpan.FromMilliseconds(1));
        _clients.Add(client);
        return new S3Store(client, Bucket, "p/")
        {
            ResumeDelay = TimeSpan.FromMilliseconds(1),
            BusyTimeout = TimeSpan.FromMilliseconds(200),
            IdleTimeout = TimeSpan.FromSeconds(2),
        };
    }

    /// <summary>Puts an object; returns it as the store lists it.</summary>
    public StoredObject Put(string key, byte[] bytes, string token = "")
    {
        // The SDK takes 32 hex digits alone for an MD5 and checks it.
        var put = Objects["p/" + key] = new FakeObject(bytes, $"\"{Guid.NewGuid():n}-1\"", token);
        return new StoredObject(key, bytes.Length, put.ETag);
    }

    public int Count(string operation) => Requests.Count(request => request.Operation == operation);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _clients.ForEach(client => client.Dispose());
        _stop.Dispose();
    }

    /// <summary>The default answer to a request.</summary>
    public FakeAnswer Usual(FakeRequest request)
    {
        var there = Objects.GetValueOrDefault(request.Key);
        switch (request.Operation)
        {
            case "List":
                return Page(request.Query);
            case "Get" or "Head" when there is null:
                return FakeAnswer.Error(404, "NoSuchKey");
            case "Get" when request.Headers.TryGetValue("If-Match", out string? wanted) && wanted != there!.ETag:
                return FakeAnswer.Error(412, "PreconditionFailed");
            case "Get" or "Head":
                return there!.Answer(request.Headers.GetValueOrDefault("Range"));
            case "Initiate":
                string id = $"{Uploads.Count}";
                Uploads[id] = request.Headers.GetValueOrDefault("x-amz-meta-" + S3Store.TokenName, "");
                return new FakeAnswer(
                    200, $"<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>");
            case "Part":
                return new FakeAnswer(200) { Headers = { ["ETag"] = "\"part\"" } };
            case "Complete":
                return Complete(request, there);
            case "Abort":
                return Uploads.TryRemove(request.Query["uploadId"], out _)
                    ? new FakeAnswer(204)
                    : FakeAnswer.Error(404, "NoSuchUpload");
            default:
                return new FakeAnswer(204);
        }
    }

    /// <summary>A page of ListObjectsV2.</summary>
    private FakeAnswer Page(Dictionary<string, string> query)
    {
        string prefix = query.GetValueOrDefault("prefix", "");
        string after = query.GetValueOrDefault("continuation-token", "");
        int most = int.Parse(query.GetValueOrDefault("max-keys", "1000"), CultureInfo.InvariantCulture);
        var found = Objects
            .Where(stored => stored.Key.StartsWith(prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(stored.Key, after) > 0)
            .OrderBy(stored => stored.Key, StringComparer.Ordinal)
            .ToList();
        var folders = found.ToLookup(
            stored => query.ContainsKey("delimiter") ? stored.Key.IndexOf('/', prefix.Length) : -1);
        var contents = folders[-1].Take(most).ToList();
        var page = new StringBuilder("<ListBucketResult>");
        foreach (var (key, stored) in contents)
        {
            page.Append(
                $"<Contents><Key>{SecurityElement.Escape(key)}</Key><ETag>{SecurityElement.Escape(stored.ETag)}</ETag>")
                .Append($"<Size>{stored.Bytes.Length}</Size></Contents>");
        }

        foreach (string folder in folders.Where(group => group.Key >= 0)
            .SelectMany(group => group.Select(stored => stored.Key[..(group.Key + 1)])).Distinct()
            .Order(StringComparer.Ordinal))
        {
            page.Append($"<CommonPrefixes><Prefix>{SecurityElement.Escape(folder)}</Prefix></CommonPrefixes>");
        }

        bool isTruncated = contents.Count < folders[-1].Count();
        page.Append(
            isTruncated ? "<IsTruncated>true</IsTruncated><NextContinuationToken>" : "<IsTruncated>false</IsTruncated>")
            .Append(isTruncated ? SecurityElement.Escape(contents[^1].Key) + "</NextContinuationToken>" : "");
        return new FakeAnswer(200, page.Append("</ListBucketResult>").ToString());
    }

    private FakeAnswer Complete(FakeRequest request, FakeObject? there)
    {
        if (request.Headers.TryGetValue("If-Match", out string? wanted) && there is null)
        {
            return FakeAnswer.Error(404, "NoSuchKey");
        }

        if (wanted is not null && wanted != there!.ETag)
        {
            return FakeAnswer.Error(412, "PreconditionFailed");
        }

        if (request.Headers.ContainsKey("If-None-Match") && there is not null)
        {
            return FakeAnswer.Error(412, "PreconditionFailed");
        }

        if (!Uploads.TryRemove(request.Query["uploadId"], out string? token))
        {
            return FakeAnswer.Error(404, "NoSuchUpload");
        }

        Put(request.Key[2..], [], token);
        return new FakeAnswer(
            200, "<CompleteMultipartUploadResult><ETag>\"new\"</ETag></CompleteMultipartUploadResult>");
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test ended.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        await Task.Yield();
        using (connection)
        {
            try
            {
                var stream = connection.GetStream();
                if (await FakeRequest.ReadAsync(stream, Stream.Null, _stop.Token) is not { } request)
                {
                    return;
                }

                Requests.Enqueue(request);
                await (Intercept(request) ?? Usual(request)).SendAsync(stream, request.Method == "HEAD", _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client disconnected, or the test ended.
            }
        }
    }
}

internal sealed record FakeObject(byte[] Bytes, string ETag, string Token)
{
    public FakeAnswer Answer(string? range)
    {
        int from = 0, to = Bytes.Length;
        if (range is not null)
        {
            string[] ends = range["bytes=".Length..].Split('-');
            (from, to) = (
                int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[1], CultureInfo.InvariantCulture) + 1);
        }
        return new FakeAnswer(range is null ? 200 : 206)
        {
            Body = Bytes[from..to],
            Headers = { ["ETag"] = ETag, ["x-amz-meta-" + S3Store.TokenName] = Token },
        };
    }
}

/// <summary>An answer of the server; by default it sends all of it.</summary>
internal sealed record FakeAnswer(int Status)
{
    public FakeAnswer(int status, string xml) : this(status) => Body = Encoding.UTF8.GetBytes(xml);

    public static FakeAnswer Error(int status, string code, string more = "") =>
        new(status, $"<Error><Code>{code}</Code><Message>as told</Message>{more}</Error>");

    /// <summary>Closes the connection without an answer.</summary>
    public static FakeAnswer Dropped => new(0);

    public Dictionary<string, string> Headers { get; } = [];
    public byte[] Body { get; init; } = [];

    /// <summary>How many bytes of the body are sent before the connection breaks.</summary>
    public int? CutAt { get; init; }

    /// <summary>Whether the connection then stays open, but silent, instead.</summary>
    public bool Stalls { get; init; }

    /// <summary>The server waits for this task before it sends anything.</summary>
    public Task After { get; init; } = Task.CompletedTask;

    public async Task SendAsync(Stream stream, bool headOnly, CancellationToken cancellation)
    {
        await After.WaitAsync(cancellation);
        if (Status == 0)
        {
            return;
        }

        var head = new StringBuilder(
            $"HTTP/1.1 {Status} Status\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), cancellation);
        if (!headOnly)
        {
            await stream.WriteAsync(Body.AsMemory(0, CutAt ?? Body.Length), cancellation);
        }

        if (Stalls)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }
}
