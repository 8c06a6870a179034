using System.Net.Http.Headers;
using System.Text.Json;

namespace Amazon.Lambda.RuntimeSupport;

/// <summary>The Runtime API, version 2018-06-01.</summary>
internal sealed class RuntimeApi(string hostAndPort) : IDisposable
{
    // No timeout, because the next event may be hours away: Lambda freezes the process between events.
    private readonly HttpClient _http = new()
    {
        BaseAddress = new Uri($"http://{hostAndPort}/2018-06-01/runtime/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>
    /// Waits for an event. Its body is read completely, so that a handler cannot keep the connection busy.
    /// </summary>
    public async Task<HttpResponseMessage> NextAsync(CancellationToken cancellation)
    {
        var response = await _http.GetAsync(new Uri("invocation/next", UriKind.Relative), cancellation);
        return response.EnsureSuccessStatusCode();
    }

    public async Task PostResponseAsync(string resource, Stream response)
    {
        using var content = new StreamContent(response);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        await PostAsync(resource, content, errorType: null);
    }

    public async Task PostErrorAsync(string resource, Exception exception)
    {
        string errorType = exception.GetType().Name;
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
        {
            errorType,
            errorMessage = exception.Message,
            stackTrace = exception.StackTrace?.Split(Environment.NewLine) ?? [],
        }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.aws.lambda.error+json");
        await PostAsync(resource, content, errorType);
    }

    public void Dispose() => _http.Dispose();

    private async Task PostAsync(string resource, HttpContent content, string? errorType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, resource) { Content = content };
        if (errorType is not null)
        {
            request.Headers.Add("Lambda-Runtime-Function-Error-Type", errorType);
        }

        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
