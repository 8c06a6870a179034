using System.Runtime.Versioning;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// deploy.sh with an aws in front of the real one that writes down its calls and gives prepared answers, so that a test
/// can choose what there is and what fails.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DeployScript : IDisposable
{
    public const string Account = "123456789012";
    public const string CodeBucket = "cloudtrail-aggregation-code-123456789012-us-east-1";

    /// <summary>A source with a trail, a destination, and a month that runs.</summary>
    private const string Usual = """
          --version) echo "aws-cli/2.30.0 Python/3.13 Linux" ;;
          "sts get-caller-identity"*) printf '123456789012\tarn:aws:iam::123456789012:user/me\n' ;;
          "cloudformation describe-stacks"*StackStatus*)
            [ -f status ] || error ValidationError "Stack with id stack does not exist"
            cat status ;;
          "cloudformation describe-stacks"*Parameters*) cat parameters ;;
          "cloudformation describe-stacks"*Outputs*) printf 'FunctionArn\tarn:function\n' ;;
          "cloudformation deploy"*) echo CREATE_COMPLETE >status; echo "Successfully created/updated stack" ;;
          "cloudformation delete-stack"*) rm -f status ;;
          "cloudformation wait"*) ;;
          "s3api head-bucket --bucket logs "* | "s3api head-bucket --bucket months "*) echo us-east-1 ;;
          "s3api head-bucket"*) [ -f code ] || error 404 "Not Found"; echo us-east-1 ;;
          "s3api create-bucket"*) : >code ;;
          "s3api delete-bucket"*) rm code ;;
          "s3api get-bucket-tagging"*) echo deploy.sh ;;
          "s3api put-"* | "s3 rm"*) ;;
          "s3api head-object --bucket"*code*) error 404 "Not Found" ;;
          "s3api get-bucket-encryption"*) printf 'AES256\tNone\n' ;;
          "s3api list-objects-v2"*"--prefix trails/ --delimiter"*) echo trails/AWSLogs/ ;;
          "s3api list-objects-v2"*"/AWSLogs/ --delimiter"*) echo trails/AWSLogs/111122223333/ ;;
          "s3api list-objects-v2"*"/111122223333/ --delimiter"*)
            printf 'trails/AWSLogs/111122223333/%s/\n' CloudTrail CloudTrail-Digest Config ;;
          "s3api list-objects-v2"*"/CloudTrail/ --delimiter"*) echo trails/AWSLogs/111122223333/CloudTrail/us-east-1/ ;;
          "s3api list-objects-v2"*length*) printf '[\n 7,\n 2500000.0\n]\n' ;;
          "s3api list-objects-v2"*) echo None ;;
          "glue get-table"*) error EntityNotFoundException "Table cloudtrail_events not found." ;;
          "glue delete-table"*) ;;
          "ecr describe-repositories"*) error RepositoryNotFoundException "There is none." ;;
          "lambda invoke"*) : >invoked; echo 202 ;;
          "logs filter-log-events"*)
            printf 'id-0\t{"level":"Information","message":"an older line","report":{"month":"2024-02"}}\n'
            [ ! -f invoked ] || cat log ;;
          "athena start-query-execution"*) echo query-id ;;
          "athena get-query-execution"*) printf 'SUCCEEDED\tNone\n' ;;
          "athena get-query-results"*) printf 'event_source\tevents\ns3.amazonaws.com\t7\n' ;;
        """;

    private readonly TemporaryDirectory _directory = new();

    public DeployScript()
    {
        // Hundreds of processes, and the same in every build.
        TestRun.RequireFull();
        const string Report = """{"month":"2024-02","status":"written","events":7}""";
        Write("log", $$"""
            id-1	{"timestamp":"2024-03-01T03:00:00Z","level":"Information","message":"2024-02 begins"}
            id-2	{"level":"Information","message":"2024-02 is \"done\"","report":{{Report}}}

            """);
        Write("zips/parquetsharp-layer-arm64.zip", "layer");
        Write("zips/cloudtrail-aggregation-arm64.zip", "function");
        Answers("");
    }

    /// <summary>The options of a first deployment.</summary>
    public string[] First =>
    [
        "--source", "s3://logs/trails", "--destination", "s3://months/parquet/", "--zips", _directory["zips"], "--yes",
    ];

    /// <summary>The same without zips.</summary>
    public string[] WithoutZips => [.. First.Where(option => !option.Contains("zips", StringComparison.Ordinal))];

    /// <summary>The calls of aws so far.</summary>
    public string[] Calls =>
        File.Exists(_directory["calls"]) ? File.ReadAllLines(_directory["calls"]) : [];

    /// <summary>The parameters of the last deployment, the last value of each.</summary>
    public IReadOnlyDictionary<string, string> Parameters
    {
        get
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string line in File.ReadAllLines(_directory["overrides"]))
            {
                values[line.Split('=')[0]] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
            }

            return values;
        }
    }

    /// <summary>The calls that change something.</summary>
    public string[] Changes => [.. Calls.Where(call => !call.Split(' ')[1].StartsWith("get-", StringComparison.Ordinal)
        && !call.Split(' ')[1].StartsWith("head-", StringComparison.Ordinal)
        && !call.Split(' ')[1].StartsWith("list-", StringComparison.Ordinal)
        && !call.Split(' ')[1].StartsWith("describe-", StringComparison.Ordinal)
        && !call.Split(' ')[1].StartsWith("filter-", StringComparison.Ordinal))];

    /// <summary>Prepares answers that come before the usual ones: cases of a shell's case over the call.</summary>
    public void Answers(string cases)
    {
        Write("bin/aws", $$"""
            #!/bin/sh
            cd "{{_directory.Path}}" || exit
            [ "$1" = --version ] || { printf '%s' "$*" | tr '\n' ' '; echo; } >>calls
            case $* in
              "cloudformation deploy"*)
                for word; do case $word in [A-Z]*=*) printf '%s\n' "$word" ;; esac done >overrides ;;
            esac
            error() {
              printf '\nAn error occurred (%s) when calling the Operation operation: %s\n' "$1" "$2" >&2
              exit 254
            }
            case $* in
            {{cases}}
            {{Usual}}
              *) echo "no answer is prepared for $*" >&2; exit 99 ;;
            esac

            """);
        File.SetUnixFileMode(
            _directory["bin/aws"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The stack that a deployment of these parameters has left.</summary>
    public void Deployed(string status, params (string Name, string Value)[] parameters)
    {
        Write("status", status + "\n");
        Write("parameters", string.Concat(parameters.Select(parameter => $"{parameter.Name}\t{parameter.Value}\n")));
        Write("code", "");
    }

    /// <summary>Adds a program to the path.</summary>
    public void Program(string name, string script)
    {
        Write("bin/" + name, $"#!/bin/sh\ncd '{_directory.Path}' || exit\n{script}\n");
        File.SetUnixFileMode(_directory["bin/" + name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
        File.WriteAllText(_directory[name], text);
    }

    public string Read(string name) => File.ReadAllText(_directory[name]);

    public Task<Command> RunAsync(params IEnumerable<string> options) => RunAsync("sh", "", options);

    public Task<Command> RunAsync(string shell, string input, params IEnumerable<string> options) => Command.RunAsync(
        shell, [Repository.File("deploy.sh"), .. options], input, _directory.Path,
        [
            ("PATH", $"{_directory["bin"]}:{Environment.GetEnvironmentVariable("PATH")}"), ("AWS_REGION", "us-east-1"),
        ]);

    /// <summary>Runs it to an end with exit code 0.</summary>
    public async Task<string> SucceedsAsync(params IEnumerable<string> options)
    {
        var (exitCode, said) = await RunAsync(options);
        Assert.True(exitCode == 0, said);
        return said;
    }

    /// <summary>Runs it to a failure.</summary>
    /// <returns>Its message: the one line in its standard error, or the last.</returns>
    public async Task<string> FailsAsync(params IEnumerable<string> options)
    {
        var run = await RunAsync(options);
        Assert.True(run.ExitCode == 1, run.Said);
        return run.Error.TrimEnd('\n').Split('\n')[^1];
    }

    public void Dispose() => _directory.Dispose();
}
