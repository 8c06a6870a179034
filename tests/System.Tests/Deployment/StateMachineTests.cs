using System.Text.Json.Nodes;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// The definition of the state machine: its grammar by two checkers that share no code, and what no grammar knows.
/// EndToEnd/DaysInParallelTests runs it.
/// </summary>
public sealed class StateMachineTests
{
    private static readonly string Folder = Repository.File("tests", "states");
    private static readonly SemaphoreSlim Once = new(1);

    private static readonly string Definition = DefinitionOf(("FanOutConcurrency", "7"));

    /// <summary>Every state with its name, those within maps too.</summary>
    private static readonly Dictionary<string, JsonNode> States = new(StatesIn(JsonNode.Parse(Definition)!));

    private static readonly string[] Tasks = ["FindMonths", "FindDays", "Day", "Month"];

    [Fact]
    [Trait("Category", TestRun.Full)]
    public async Task The_definition_is_valid_in_the_states_language()
    {
        var (exitCode, said) = await ValidateAsync(Definition);

        Assert.True(exitCode == 0, said);
    }

    [Theory]
    [Trait("Category", TestRun.Full)]
    [InlineData("\"Next\":                 \"Months\"", "\"Next\": \"Nowhere\"")]
    [InlineData("\"CausePath\":", "\"CausePaht\":")]
    [InlineData("\"$.requests\"", "\"$.[requests\"")]
    public async Task The_validator_finds_what_is_wrong(string part, string wrong)
    {
        Assert.Contains(part, Definition, StringComparison.Ordinal);

        var (exitCode, _) = await ValidateAsync(Definition.Replace(part, wrong, StringComparison.Ordinal));

        Assert.Equal(1, exitCode);
    }

    /// <summary>In the template the definition is a Fn::Sub, which cfn-lint does not look into.</summary>
    [Theory]
    [InlineData("\"Next\":", "\"Next\":", 0)]
    [InlineData("\"MaxConcurrency\":", "\"MaxConcurrencies\":", 2)]
    public async Task The_definition_with_its_values_is_checked_by_cfn_lint_in_every_partition(
        string part, string changed, int expected)
    {
        await Command.NeedsAsync("pip install cfn-lint==1.51.0", "cfn-lint", "--version");
        using var directory = new TemporaryDirectory();
        var machine = new JsonObject
        {
            ["Type"] = "AWS::StepFunctions::StateMachine",
            ["Properties"] = new JsonObject
            {
                ["RoleArn"] = "arn:aws:iam::123456789012:role/lambda/days",
                ["DefinitionString"] = Definition.Replace(part, changed, StringComparison.Ordinal),
            },
        };
        await File.WriteAllTextAsync(
            directory["machine.json"],
            new JsonObject { ["Resources"] = new JsonObject { ["Machine"] = machine } }.ToJsonString(),
            TestContext.Current.CancellationToken);

        var (exitCode, said) = await Command.RunAsync(
            "cfn-lint",
            [
                "--regions", "us-east-1", "eu-west-1", "ap-northeast-1", "us-gov-west-1", "cn-north-1",
                "--include-checks", "I", "--template", directory["machine.json"],
            ]);

        Assert.True(exitCode == expected, said);
    }

    [Fact]
    public void Every_task_calls_this_function_and_no_other_service()
    {
        Assert.Equal(
            Tasks, States.Where(state => (string?)state.Value["Type"] == "Task").Select(state => state.Key));
        Assert.All(Tasks, task =>
        {
            Assert.Equal("arn:aws:states:::lambda:invoke", (string?)States[task]["Resource"]);
            Assert.Equal("LambdaFunction.Arn", (string?)States[task]["Parameters"]!["FunctionName"]);
        });
    }

    /// <summary>China and GovCloud have ARNs of their own.</summary>
    [Fact]
    public void No_arn_names_a_partition() => Assert.All(
        ((JsonObject)Template.Load()["Resources"]!).Where(
            resource => resource.Key.StartsWith("DaysMachine", StringComparison.Ordinal)),
        resource => Assert.DoesNotContain("arn:aws", resource.Value!.ToJsonString(), StringComparison.Ordinal));

    /// <summary>
    /// https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html: errors of Lambda itself pass.
    /// </summary>
    [Fact]
    public void Every_task_tries_again_when_Lambda_is_busy_with_growing_waits_at_random_moments() =>
        Assert.All(Tasks, task =>
        {
            var retry = States[task]["Retry"]![0]!;

            Assert.Superset(
                new HashSet<string>(StringComparer.Ordinal)
                {
                    "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
                    "Lambda.TooManyRequestsException",
                },
                ((JsonArray)retry["ErrorEquals"]!).Select(error => (string)error!)
                    .ToHashSet(StringComparer.Ordinal));
            Assert.Equal(
                ("FULL", 2, 12),
                ((string?)retry["JitterStrategy"], (int)retry["BackoffRate"]!, (int)retry["MaxAttempts"]!));
        });

    /// <summary>A refused event stays refused, so the first task is neither tried again nor caught.</summary>
    [Fact]
    public void Every_task_after_the_first_is_tried_again_and_then_caught_where_it_is() => Assert.All(Tasks, task =>
    {
        var retries = (JsonArray)States[task]["Retry"]!;
        bool isFirst = task == "FindMonths";

        Assert.Equal(isFirst ? 1 : 2, retries.Count);
        Assert.Equal(isFirst, States[task]["Catch"] is null);
        if (!isFirst)
        {
            Assert.Equal("""["States.ALL"]""", retries[1]!["ErrorEquals"]!.ToJsonString());
            Assert.Equal(3, (int)retries[1]!["MaxAttempts"]!);
            Assert.Equal("""["States.ALL"]""", States[task]["Catch"]![0]!["ErrorEquals"]!.ToJsonString());
        }
    });

    /// <summary>
    /// A state takes 256 KB, and the reports of a range can be more:
    /// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    /// </summary>
    [Fact]
    public void No_report_and_no_error_passes_on_to_the_next_state() => Assert.All(Tasks, task =>
    {
        var state = (JsonObject)States[task];
        bool isDiscarded = state.ContainsKey("ResultPath") && state["ResultPath"] is null;

        Assert.True(isDiscarded || state["ResultSelector"] is JsonObject { Count: 1 }, task);
        Assert.All(
            state["Catch"] as JsonArray ?? [],
            caught => Assert.True(
                ((JsonObject)caught!).ContainsKey("ResultPath") && caught["ResultPath"] is null, task));
    });

    [Fact]
    public void The_parameter_bounds_the_days_at_once_because_months_come_one_after_the_other()
    {
        Assert.Equal(7, (int)States["Days"]["MaxConcurrency"]!);
        Assert.Equal(1, (int)States["Months"]["MaxConcurrency"]!);
        Assert.Equal(
            """{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}""",
            States["Months"]["ItemProcessor"]!["ProcessorConfig"]!.ToJsonString());
    }

    /// <summary>Lambda ends the function after its timeout; the task must not give up before.</summary>
    [Fact]
    public void No_task_waits_forever_or_less_than_the_function_may_take()
    {
        int timeout = int.Parse((string)Template.Render().Properties("LambdaFunction")["Timeout"]!);

        Assert.All(Tasks, task => Assert.InRange((int)States[task]["TimeoutSeconds"]!, timeout + 30, timeout + 120));
    }

    private static string DefinitionOf(params (string, string)[] parameters) => (string)Template.Render(
        [("Unit", "day"), ("FanOut", "yes"), .. parameters]).Properties("DaysMachine")["DefinitionString"]!;

    private static IEnumerable<KeyValuePair<string, JsonNode>> StatesIn(JsonNode machine) =>
        ((JsonObject)machine["States"]!).SelectMany(state =>
            new[] { KeyValuePair.Create(state.Key, state.Value!) }.Concat(
                state.Value!["ItemProcessor"] is { } inner ? StatesIn(inner) : []));

    private static async Task<Command> ValidateAsync(string definition)
    {
        TestRun.RequireFull();
        await InstallAsync();
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["definition.json"], definition);
        return await Command.RunAsync(
            "node",
            ["node_modules/asl-validator/dist/bin/asl-validator.js", "--json-path", directory["definition.json"]],
            directory: Folder);
    }

    private static async Task InstallAsync()
    {
        await Command.NeedsAsync("Node.js 20 or newer, which brings npm", "npm", "--version");
        await Once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            string installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
            string wanted = Path.Combine(Folder, "package-lock.json");
            if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(wanted))
            {
                var (exitCode, said) = await Command.RunAsync(
                    "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], directory: Folder);
                Assert.True(exitCode == 0, said);
            }
        }
        finally
        {
            Once.Release();
        }
    }
}
