using System.Text;
using System.Text.Json;
using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport;
using CloudTrailAggregation.Tests.Runtime;
using Xunit;

namespace CloudTrailAggregation.Tests.LambdaStandIn;

// The tests run one at a time, because the Runtime API's address is an environment variable of the process.
[Collection("AWS_LAMBDA_RUNTIME_API")]
public sealed class LambdaBootstrapTests : IAsyncDisposable
{
    private readonly RuntimeApiServer _server = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken);

    public LambdaBootstrapTests()
    {
        _stop.CancelAfter(TimeSpan.FromSeconds(60));
        Environment.SetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API", _server.Endpoint);
        Environment.SetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME", "aggregation");
        Environment.SetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API", null);
        Environment.SetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME", null);
        Environment.SetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", null);
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", null);
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_response_is_what_the_handler_returns()
    {
        var answer = await AnswerAsync(
            """{"month": "2024-02"}""", async (input, _) => Bytes($"got {await TextAsync(input)}"));

        Assert.False(answer.IsError);
        Assert.Equal("""got {"month": "2024-02"}""", answer.Body);
        Assert.Null(answer.ErrorType);
    }

    [Fact]
    public async Task An_exception_becomes_an_error_and_the_next_event_is_handled()
    {
        using var bootstrap = Bootstrap(async (input, _) =>
            await TextAsync(input) == "1" ? throw new InvalidDataException("the \"first\" fails: é") : Bytes("second"));
        var running = bootstrap.RunAsync(_stop.Token);

        var first = await _server.InvokeAsync("1").WaitAsync(_stop.Token);
        var second = await _server.InvokeAsync("2").WaitAsync(_stop.Token);
        await _stop.CancelAsync();
        await running;

        Assert.True(first.IsError);
        Assert.Equal("InvalidDataException", first.ErrorType);
        var error = JsonDocument.Parse(first.Body).RootElement;
        Assert.Equal("InvalidDataException", error.GetProperty("errorType").GetString());
        Assert.Equal("the \"first\" fails: é", error.GetProperty("errorMessage").GetString());
        Assert.Contains(
            nameof(LambdaBootstrapTests), error.GetProperty("stackTrace")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(new RuntimeAnswer(IsError: false, "second", ErrorType: null), second);
    }

    [Fact]
    public async Task A_handler_that_throws_before_its_first_await_is_an_error_too()
    {
        var answer = await AnswerAsync("{}", (_, _) => throw new NotSupportedException("at once"));

        Assert.Equal((true, "NotSupportedException"), (answer.IsError, answer.ErrorType));
    }

    [Fact]
    public async Task The_deadline_gives_the_remaining_time()
    {
        var remaining = TimeSpan.Zero;

        await AnswerAsync("{}", (_, context) => Seen(() => remaining = context.RemainingTime), TimeSpan.FromMinutes(5));

        Assert.InRange(remaining, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_deadline_that_has_passed_leaves_a_negative_time()
    {
        var remaining = TimeSpan.Zero;

        await AnswerAsync(
            "{}", (_, context) => Seen(() => remaining = context.RemainingTime), TimeSpan.FromSeconds(-10));

        Assert.InRange(remaining, TimeSpan.FromMinutes(-2), TimeSpan.FromSeconds(-10));
    }

    [Fact]
    public async Task The_context_has_the_headers_and_the_environment()
    {
        ILambdaContext? seen = null;
        string trace = "";

        await AnswerAsync("{}", (_, context) => Seen(() =>
        {
            seen = context;
            trace = Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID")!;
        }));

        Assert.NotNull(seen);
        Assert.Equal(RuntimeApiServer.FunctionArn, seen.InvokedFunctionArn);
        Assert.Equal("00000000-0000-4000-8000-000000000001", seen.AwsRequestId);
        Assert.Equal("aggregation", seen.FunctionName);
        Assert.Equal(512, seen.MemoryLimitInMB);
        Assert.StartsWith("Root=1-", trace, StringComparison.Ordinal);
        Assert.Equal(trace, seen.TraceId);
    }

    [Fact]
    public async Task A_failed_initializer_is_reported_and_no_event_is_taken()
    {
        using var bootstrap = LambdaBootstrapBuilder.Create((_, _) => Reply("never"))
            .UseBootstrapHandler(() => throw new DllNotFoundException("the layer is missing"))
            .Build();
        var invocation = _server.InvokeAsync("{}");

        await Assert.ThrowsAsync<DllNotFoundException>(() => bootstrap.RunAsync(_stop.Token));

        var error = await _server.InitError.WaitAsync(_stop.Token);
        Assert.Equal("DllNotFoundException", error.ErrorType);
        Assert.Contains("the layer is missing", error.Body, StringComparison.Ordinal);
        Assert.False(invocation.IsCompleted);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_next_event()
    {
        using var bootstrap = Bootstrap((_, _) => Reply(""));
        var running = bootstrap.RunAsync(_stop.Token);

        await _stop.CancelAsync();

        await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(running.IsCompletedSuccessfully);
    }

    [Fact]
    public void Without_an_address_the_message_names_the_variable()
    {
        Environment.SetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API", null);

        var error = Assert.Throws<InvalidOperationException>(() => Bootstrap((_, _) => Reply("")));

        Assert.Contains("AWS_LAMBDA_RUNTIME_API", error.Message, StringComparison.Ordinal);
    }

    private static LambdaBootstrap Bootstrap(Func<Stream, ILambdaContext, Task<Stream>> handler) =>
        LambdaBootstrapBuilder.Create(handler).Build();

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static Task<Stream> Reply(string text) => Task.FromResult<Stream>(Bytes(text));

    private static async Task<string> TextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static Task<Stream> Seen(Action look)
    {
        look();
        return Reply("{}");
    }

    private async Task<RuntimeAnswer> AnswerAsync(
        string payload, Func<Stream, ILambdaContext, Task<Stream>> handler, TimeSpan? timeLeft = null)
    {
        using var bootstrap = Bootstrap(handler);
        var running = bootstrap.RunAsync(_stop.Token);
        var answer = await _server.InvokeAsync(payload, timeLeft).WaitAsync(_stop.Token);
        await _stop.CancelAsync();
        await running;
        return answer;
    }
}
