using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>
/// An S3 server for benchmarks, over loopback without TLS: a bucket to read, and one that takes multipart uploads. Each
/// answer comes after the same delay, and bodies at the bandwidth of a link. It looks at no signature and no condition.
/// </summary>
/// <param name="source">The objects of the bucket to read.</param>
/// <param name="delay">The time from a request to its answer.</param>
/// <param name="bytesPerSecond">The bandwidth in each direction, shared by all connections; 0 for no limit.</param>
internal sealed class ObjectServer(IServedObjects source, TimeSpan delay, double bytesPerSecond)
{
    /// <summary>The bucket to read.</summary>
    public const string SourceBucket = "source";

    /// <summary>The bucket that takes uploads.</summary>
    public const string WrittenBucket = "written";

    private const int HeadBytes = 16 << 10;
    private const int SliceBytes = 256 << 10;
    private const int ListenBacklog = 1_024;

    private readonly Uploads _uploads = new();
    private readonly Link _down = new(bytesPerSecond);
    private readonly Link _up = new(bytesPerSecond);
    private readonly Lock _writing = new();
    private volatile StoredObjects _written = StoredObjects.None;

    /// <summary>Listens on a free port, says it, and serves until the process is ended.</summary>
    /// <param name="say">Receives the server's address.</param>
    public async Task RunAsync(Action<string> say)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(ListenBacklog);
        say(string.Create(
            CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync());
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            byte[] buffer = new byte[HeadBytes];
            try
            {
                while (await ServedRequest.ReadAsync(connection, buffer, _up) is { } request)
                {
                    await Task.Delay(delay);
                    await SendAsync(connection, Answer(request), request.Method == "HEAD");
                }
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException)
            {
                // The client went away.
            }
        }
    }

    private ServedAnswer Answer(ServedRequest request) => (request.Method, request.Query) switch
    {
        ("GET", var query) when query.ContainsKey("list-type") =>
            new ServedAnswer(200, ServedListing.PageOf(ObjectsOf(request.Bucket), query)),
        ("GET" or "HEAD", _) => ObjectAnswer(request),
        ("POST", var query) when query.ContainsKey("uploads") => ServedAnswer.Xml(
            $"<InitiateMultipartUploadResult><UploadId>{_uploads.Start()}</UploadId></InitiateMultipartUploadResult>"),
        ("PUT", var query) when query.TryGetValue("uploadId", out string? id) => Keep(request, id),
        ("POST", var query) when query.TryGetValue("uploadId", out string? id) => Complete(request.Key, id),
        ("DELETE", var query) when query.TryGetValue("uploadId", out string? id) => Abort(id),
        ("DELETE", _) => Change(written => written.Without(request.Key), new ServedAnswer(204)),
        _ => new ServedAnswer(501, "<Error><Code>NotImplemented</Code></Error>"u8.ToArray()),
    };

    private IServedObjects ObjectsOf(string bucket) => bucket == SourceBucket ? source : _written;

    private ServedAnswer ObjectAnswer(ServedRequest request)
    {
        var objects = ObjectsOf(request.Bucket);
        int place = objects.KeysBefore(request.Key);
        if (place == objects.Count || objects.KeyAt(place) != request.Key)
        {
            return new ServedAnswer(404, "<Error><Code>NoSuchKey</Code></Error>"u8.ToArray());
        }

        var bytes = objects.BytesAt(place);
        string etag = $"ETag: {objects.ETagAt(place)}\r\n";
        if (request.Range is not { } range)
        {
            return new ServedAnswer(200, bytes, etag);
        }

        int end = Math.Min(range.End, bytes.Length);
        string content = string.Create(
            CultureInfo.InvariantCulture, $"Content-Range: bytes {range.Start}-{end - 1}/{bytes.Length}\r\n");
        return new ServedAnswer(206, bytes[range.Start..end], etag + content);
    }

    private ServedAnswer Keep(ServedRequest request, string id)
    {
        string number = request.Query["partNumber"];
        _uploads.Keep(id, int.Parse(number, CultureInfo.InvariantCulture), request.Body);
        return new ServedAnswer(200, default, $"ETag: \"{number}\"\r\n");
    }

    private ServedAnswer Complete(string key, string id)
    {
        byte[] bytes = _uploads.End(id);
        return Change(written => written.With(key, bytes), ServedAnswer.Xml(
            "<CompleteMultipartUploadResult><ETag>\"complete\"</ETag></CompleteMultipartUploadResult>"));
    }

    private ServedAnswer Abort(string id)
    {
        _ = _uploads.End(id);
        return new ServedAnswer(204);
    }

    private ServedAnswer Change(Func<StoredObjects, StoredObjects> change, ServedAnswer answer)
    {
        lock (_writing)
        {
            _written = change(_written);
        }

        return answer;
    }

    private async Task SendAsync(Socket connection, ServedAnswer answer, bool headOnly)
    {
        var body = headOnly ? default : answer.Body;
        var first = body[..Math.Min(SliceBytes, body.Length)];
        await _down.CarryAsync(first.Length);
        await connection.SendAsync((byte[])[.. answer.Head, .. first.Span]);
        for (int sent = first.Length; sent < body.Length;)
        {
            var slice = body.Slice(sent, Math.Min(SliceBytes, body.Length - sent));
            await _down.CarryAsync(slice.Length);
            await connection.SendAsync(slice);
            sent += slice.Length;
        }
    }
}
