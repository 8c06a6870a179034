using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Tests.Deployment;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// The template's state machine on moto's interpreter, which is LocalStack's. Its Lambda tasks call the address in
/// MOTO_PORT, where the tests answer. The definition is the template's but for the waits after a failure of the
/// function, which are a second at most, and for the function's name.
/// </summary>
internal sealed partial class StateMachineRuns : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly MotoProcess _moto;
    private readonly string _definition;

    private StateMachineRuns(MotoProcess moto, string definition) => (_moto, _definition) = (moto, definition);

    public static async Task<StateMachineRuns> StartAsync(InvokeApi function, int daysAtOnce)
    {
        var runs = new StateMachineRuns(
            await MotoProcess.StartAsync(("MOTO_PORT", $"{function.Port}")), Definition(daysAtOnce));
        await runs.PostAsync("/moto-api/config", """{"stepfunctions":{"execute_state_machine":true}}""");
        return runs;
    }

    /// <summary>
    /// Runs an execution to its end, of a machine made for it: moto 5.2.1 starts none while there are machines with
    /// executions.
    /// </summary>
    public async Task<Execution> RunAsync(string input)
    {
        string name = $"{Guid.NewGuid()}";
        var created = await CallAsync("CreateStateMachine", new JsonObject
        {
            ["name"] = name,
            ["definition"] = _definition,
            ["roleArn"] = "arn:aws:iam::123456789012:role/lambda/days",
        });
        string machine = (string)created["stateMachineArn"]!;
        var started = await CallAsync("StartExecution", new JsonObject
        {
            ["stateMachineArn"] = machine, ["name"] = name, ["input"] = input,
        });
        while (true)
        {
            var now = await CallAsync(
                "DescribeExecution", new JsonObject { ["executionArn"] = (string)started["executionArn"]! });
            if ((string)now["status"]! != "RUNNING")
            {
                await CallAsync("DeleteStateMachine", new JsonObject { ["stateMachineArn"] = machine });
                return new Execution((string)now["status"]!, (string?)now["error"], (string?)now["cause"]);
            }

            await Task.Delay(300, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _moto.DisposeAsync();
    }

    private static string Definition(int daysAtOnce)
    {
        var stack = Template.Render(("Unit", "day"), ("FanOut", "yes"), ("FanOutConcurrency", $"{daysAtOnce}"));
        string definition = (string)stack.Properties("DaysMachine")["DefinitionString"]!;

        // FindDays, Day and Month.
        Assert.Equal(3, WaitAfterFailure().Count(definition));
        return WaitAfterFailure().Replace(definition, "\"IntervalSeconds\": 1, \"BackoffRate\": 1,")
            .Replace("LambdaFunction.Arn", "cloudtrail-month-to-parquet", StringComparison.Ordinal);
    }

    private async Task<JsonNode> CallAsync(string operation, JsonObject parameters) =>
        JsonNode.Parse(await PostAsync("/", parameters.ToJsonString(), "AWSStepFunctions." + operation))!;

    private async Task<string> PostAsync(string path, string body, string? target = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_moto.EndpointUrl), path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (target is not null)
        {
            // moto reads the service and the region from the signature, and does not check it.
            request.Headers.Add("X-Amz-Target", target);
            request.Headers.TryAddWithoutValidation(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20240301/us-east-1/states/aws4_request, "
                + "SignedHeaders=host, Signature=0");
        }

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    [GeneratedRegex("\"IntervalSeconds\": 20, \"BackoffRate\": 3,", RegexOptions.None, 1000)]
    private static partial Regex WaitAfterFailure();
}

/// <summary>How an execution ended.</summary>
internal sealed record Execution(string Status, string? Error, string? Cause);
