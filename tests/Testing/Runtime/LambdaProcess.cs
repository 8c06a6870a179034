using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Runtime;

/// <summary>
/// The function as a process, started as Lambda does, with its own Runtime API. Dispose kills it.
/// </summary>
internal sealed class LambdaProcess : IAsyncDisposable
{
    public const string FunctionName = "cloudtrail-aggregation";

    private readonly RuntimeApiServer _runtimeApi = new();
    private readonly TemporaryDirectory _root = new();
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentQueue<string> _errorLines = [];
    private readonly Process _process;

    /// <param name="task">The directory for /var/task.</param>
    /// <param name="layer">The directory for /opt.</param>
    /// <param name="logFormat">AWS_LAMBDA_LOG_FORMAT: JSON or Text.</param>
    /// <param name="settings">The function's settings, and the address of its S3.</param>
    public LambdaProcess(
        string task, string layer, string logFormat, params IEnumerable<(string Name, string Value)> settings)
        : this(new InstalledFunction(task, layer), cores: null, logFormat, settings)
    {
    }

    /// <param name="installed">The function and its layer.</param>
    /// <param name="cores">The cores that it may use, as a list for taskset; null for those of this process.</param>
    /// <param name="logFormat">AWS_LAMBDA_LOG_FORMAT: JSON or Text.</param>
    /// <param name="settings">The function's settings, and the address of its S3.</param>
    public LambdaProcess(
        InstalledFunction installed, string? cores, string logFormat,
        params IEnumerable<(string Name, string Value)> settings)
        : this(
            (root, environment) => LambdaMachine.Current.Start(root, installed, cores, environment), logFormat,
            settings)
    {
    }

    private LambdaProcess(
        Func<string, IReadOnlyDictionary<string, string>, Process> start, string logFormat,
        IEnumerable<(string Name, string Value)> settings)
    {
        // What Lambda sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_LAMBDA_RUNTIME_API"] = _runtimeApi.Endpoint,
            ["_HANDLER"] = "CloudTrailAggregation",
            ["AWS_REGION"] = "eu-central-1",
            ["AWS_DEFAULT_REGION"] = "eu-central-1",
            ["AWS_EXECUTION_ENV"] = "AWS_Lambda_dotnet10",
            ["AWS_LAMBDA_FUNCTION_NAME"] = FunctionName,
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "1769",
            ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
            ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
            ["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{FunctionName}",
            ["AWS_LAMBDA_LOG_STREAM_NAME"] = "2024/03/01/[$LATEST]00000000000000000000000000000000",
            ["AWS_LAMBDA_LOG_FORMAT"] = logFormat,
            ["AWS_SESSION_TOKEN"] = TestCredentials.Name,
            ["LANG"] = "en_US.UTF-8",
            ["TZ"] = ":UTC",
            ["PATH"] = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin:/usr/sbin:/sbin",
            ["LD_LIBRARY_PATH"] =
                "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            ["LAMBDA_TASK_ROOT"] = "/var/task",
            ["LAMBDA_RUNTIME_DIR"] = "/var/runtime",
            ["DOTNET_ROOT"] = "/var/lang/bin",
        };
        foreach (var (name, value) in TestCredentials.Variables.Concat(settings))
        {
            environment[name] = value;
        }

        _process = start(_root.Path, environment);
        _process.OutputDataReceived += (_, line) => Keep(_lines, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errorLines, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>
    /// The function that was built with these tests, with the layer's files beside it and without a mount namespace.
    /// </summary>
    public static LambdaProcess OfBuild(params IEnumerable<(string Name, string Value)> settings) => new(
        (_, environment) =>
        {
            string assembly = CommandLineRun.Built("Function", "CloudTrailAggregation.dll");
            return Command.Start("dotnet", ["exec", assembly], environment: environment
                .Where(variable => variable.Key is not ("PATH" or "LD_LIBRARY_PATH" or "DOTNET_ROOT"))
                .Select(variable => (variable.Key, variable.Value)));
        },
        "JSON",
        settings);

    /// <summary>
    /// The function in a container of Docker's, with the command of its image and this machine's network. The caller
    /// removes the container, because it survives a client that is killed.
    /// </summary>
    public static LambdaProcess OfImage(
        string image, string container, params IEnumerable<(string Name, string Value)> settings) => new(
        (_, environment) => Command.Start(
            "docker",
            [
                "run", "--rm", "--name", container, "--network", "host", "--read-only", "--tmpfs", "/tmp",
                .. environment
                    .Where(variable => variable.Key is not ("PATH" or "LD_LIBRARY_PATH" or "DOTNET_ROOT"))
                    .SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
                image,
            ]),
        "JSON",
        settings);

    /// <summary>The lines of its standard output so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>When .NET's host was started, after the mounts of lambda-root.sh.</summary>
    public DateTimeOffset Started
    {
        get
        {
            const string Line = "lambda-root.sh: starts at ";
            string line = _errorLines.First(line => line.StartsWith(Line, StringComparison.Ordinal));
            decimal seconds = decimal.Parse(line[Line.Length..], CultureInfo.InvariantCulture);
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }
    }

    /// <summary>Completes with the time at which the function asked for its first event.</summary>
    public Task<DateTimeOffset> FirstNext => _runtimeApi.FirstNext;

    /// <summary>Processor time that it has taken, and the maximum of its resident memory.</summary>
    public (TimeSpan Cpu, long PeakBytes) Usage
    {
        get
        {
            _process.Refresh();
            return (_process.TotalProcessorTime, _process.PeakWorkingSet64);
        }
    }

    /// <summary>Its whole output so far, for the message of a failed test.</summary>
    public string Said => string.Join('\n', [.. _lines, .. _errorLines]);

    /// <summary>Sends an event and waits for the answer.</summary>
    public async Task<RuntimeAnswer> InvokeAsync(string payload, TimeSpan? timeLeft = null, string? requestId = null)
    {
        var answer = _runtimeApi.InvokeAsync(payload, timeLeft, requestId);
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(answer, ended).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        Assert.True(
            answer.IsCompleted, $"the function ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Said}");
        return await answer;
    }

    /// <summary>Sends an event and reads the report in the answer, which must not be an error.</summary>
    public async Task<JsonElement> ReportAsync(string payload, string? requestId = null)
    {
        var answer = await InvokeAsync(payload, requestId: requestId);
        Assert.False(answer.IsError, answer.Body);
        return JsonElement.Parse(answer.Body);
    }

    /// <summary>Waits for the end of a function that cannot start.</summary>
    /// <returns>Its exit code, and the error that it sent to the Runtime API; null if it sent none.</returns>
    public async Task<(int ExitCode, string? InitError)> FailedStartAsync()
    {
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await ended.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        string? initError = _runtimeApi.InitError.IsCompleted
            ? JsonElement.Parse((await _runtimeApi.InitError).Body).GetProperty("errorMessage").GetString()
            : null;
        return (_process.ExitCode, initError);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        await _runtimeApi.DisposeAsync();
        _root.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
