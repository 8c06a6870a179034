using System.Runtime.Versioning;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// Each failure of deploy.sh names the step, the cause and the way on, and what cannot work changes nothing.
/// </summary>
[UnsupportedOSPlatform("windows")]
[Trait("Category", TestRun.Full)]
public sealed class DeployFailureTests : IDisposable
{
    private readonly DeployScript _script = new();

    public void Dispose() => _script.Dispose();

    [Theory]
    [InlineData("unknown option --sorce; --help lists them", "--sorce", "s3://logs")]
    [InlineData("--source needs a value; --help tells which", "--source")]
    [InlineData("--source logs: s3://BUCKET/PREFIX", "--source", "logs")]
    [InlineData("--source s3://logs/a b/: s3://BUCKET/PREFIX", "--source", "s3://logs/a b/")]
    [InlineData("--destination s3://Months/: s3://BUCKET/PREFIX", "--destination", "s3://Months/")]
    [InlineData("--source is missing: s3://BUCKET/PREFIX", "--destination", "s3://months/")]
    [InlineData("--destination is missing: s3://BUCKET/PREFIX", "--source", "s3://logs/")]
    [InlineData("--stack my_stack: a letter", "--stack", "my_stack")]
    [InlineData("--unit week: month or day", "--unit", "week")]
    [InlineData("--arch x64: arm64 or x86_64", "--arch", "x64")]
    [InlineData("--month 2024-2: a month such as 2024-02", "--month", "2024-2")]
    [InlineData("--table-name a-b: lower-case letters", "--table-name", "a-b")]
    [InlineData("--lambda-packages mine: aws or stand-in", "--lambda-packages", "mine")]
    [InlineData(
        "--zips /nowhere: no such directory; ./build-layers.sh --output /nowhere makes one", "--zips", "/nowhere")]
    [InlineData("--parameter Unit: NAME=VALUE", "--parameter", "Unit")]
    [InlineData("--parameter Unti=day: cloudformation.yml has no parameter Unti", "--parameter", "Unti=day")]
    [InlineData("--engine moby: moby is not on the PATH", "--engine", "moby")]
    [InlineData("--image and --zips: the code is an image or zips", "--image", "--zips", "/tmp")]
    [InlineData("--engine none: an image is built with", "--image", "--engine", "none")]
    [InlineData("--base and --sdk name images of the container build", "--base", "base")]
    [InlineData("--base and --sdk name images of the container build", "--sdk", "sdk")]
    [InlineData("--delete takes the stack down: give it alone", "--delete", "--month", "2024-02")]
    [InlineData("--delete takes the stack down: give it alone", "--delete", "--table")]
    public async Task A_wrong_option_is_refused_with_what_is_right(string message, params string[] options)
    {
        Assert.StartsWith("deploy.sh: " + message, await _script.FailsAsync(options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "Checking the buckets: there is no bucket logs. Correct --source, or create the bucket first",
        """ "s3api head-bucket --bucket logs "*) error 404 "Not Found" ;;""")]
    [InlineData(
        "Checking the buckets: the bucket months may not be listed with these credentials (An error occurred (403)",
        """ "s3api head-bucket --bucket months "*) error 403 Forbidden ;;""")]
    [InlineData(
        "Checking the buckets: s3://logs/trails/ has both a trail (AWSLogs/) and years (2024/), so the layout is not "
        + "clear. Say which it is: --parameter SrcLayout=trail or --parameter SrcLayout=daily",
        """ "s3api list-objects-v2"*delimiter*) printf 'trails/2024/\ntrails/AWSLogs/\n' ;;""")]
    [InlineData(
        "Checking the buckets: s3://logs/trails/ has neither AWSLogs/ nor a year (YYYY/); its folders: dialy/ x/ . "
        + "Correct --source",
        """ "s3api list-objects-v2"*delimiter*) printf 'trails/dialy/\ntrails/x/\n' ;;""")]
    [InlineData(
        "Checking the buckets: An error occurred (AccessDenied) when calling the Operation operation: Access Denied. "
        + "The credentials need s3:ListBucket on logs",
        """ "s3api list-objects-v2"*) error AccessDenied "Access Denied" ;;""")]
    [InlineData(
        "Checking the buckets: An error occurred (AccessDenied) when calling the Operation operation: No. "
        + "The credentials need kms:DescribeKey for alias/k; or give --parameter SourceKmsKeyArn=ARN",
        """
         "s3api get-bucket-encryption"*) printf 'aws:kms\talias/k\n' ;;
         "kms describe-key"*) error AccessDenied No ;;
        """)]
    [InlineData(
        "Checking the tools and the credentials: Unable to locate credentials. Give credentials to the AWS CLI",
        """ "sts "*) echo "Unable to locate credentials" >&2; exit 255 ;;""")]
    [InlineData(
        "Checking the tools and the credentials: An error occurred (AccessDenied)",
        """ "cloudformation describe-stacks"*) error AccessDenied "Not authorized" ;;""")]
    [InlineData(
        "Checking the buckets: the code bucket " + DeployScript.CodeBucket + " is not usable (An error occurred (403)",
        """ "s3api head-bucket"*--expected-bucket-owner*) error 403 Forbidden ;;""")]
    [InlineData(
        "Checking the buckets: the code bucket " + DeployScript.CodeBucket + " is in eu-west-1, and the function will "
        + "be in us-east-1, which takes code only from there. Give a bucket in us-east-1",
        """ "s3api head-bucket"*--expected-bucket-owner*) echo eu-west-1 ;;""")]
    [InlineData(
        "Checking the buckets: the table default.cloudtrail_events exists, and reads s3://elsewhere/. "
        + "Give yours another name with --table-name",
        """ "glue get-table"*) printf 'None\ts3://elsewhere/\n' ;;""")]
    [InlineData(
        "The plan: s3://logs/trails/ has no object of 2024-02. Correct --month or --source",
        """ "s3api list-objects-v2"*length*) printf '[\n 0,\n 0\n]\n' ;;""")]
    public async Task What_cannot_work_is_refused_before_anything_is_changed(string message, string answers)
    {
        _script.Answers(answers);

        string said = await _script.FailsAsync([.. _script.First, "--table", "--month", "2024-02"]);

        Assert.StartsWith("deploy.sh: " + message, said, StringComparison.Ordinal);
        Assert.Empty(_script.Changes);
    }

    [Theory]
    [InlineData("UPDATE_IN_PROGRESS", "is busy (UPDATE_IN_PROGRESS). Wait until that has ended")]
    [InlineData(
        "ROLLBACK_COMPLETE",
        "was left in ROLLBACK_COMPLETE, and such a stack cannot be updated. Take it down with "
        + "./deploy.sh --stack cloudtrail-month-to-parquet --region us-east-1 --delete")]
    public async Task A_stack_that_takes_no_update_is_refused(string status, string message)
    {
        _script.Deployed(status);

        Assert.Contains(message, await _script.FailsAsync(_script.First), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_AWS_CLI_it_says_what_to_install()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["bin"]);
        foreach (string tool in new[] { "sh", "dirname", "mktemp", "rm", "grep", "sed", "tail", "tr", "cat" })
        {
            string there = File.Exists("/bin/" + tool) ? "/bin/" : "/usr/bin/";
            File.CreateSymbolicLink(directory["bin/" + tool], there + tool);
        }

        var (exitCode, _, error) = await Command.RunAsync(
            "/bin/sh", [Repository.File("deploy.sh"), .. _script.First], environment: [("PATH", directory["bin"])]);

        Assert.Equal(
            (1, "deploy.sh: Checking the tools and the credentials: the AWS CLI (aws) is not on the PATH. "
                + "Install version 2, or put it on the PATH\n"),
            (exitCode, error));
    }

    [Fact]
    public async Task A_stack_that_fails_says_its_first_failure()
    {
        _script.Answers("""
              "cloudformation deploy"*) echo "Failed to create/update the stack." >&2; exit 255 ;;
              "cloudformation describe-stack-events"*)
                printf 'FailureQueue\tResource creation cancelled\nLambdaFunction\tMemorySize must be at most 3008\n' ;;
            """);

        Assert.Equal(
            "deploy.sh: Deploying the stack cloudtrail-month-to-parquet: "
            + "LambdaFunction MemorySize must be at most 3008. Correct that and run this again; a stack that was left "
            + "in ROLLBACK_COMPLETE goes with --delete first",
            await _script.FailsAsync(_script.First));
    }

    [Fact]
    public async Task A_change_set_that_fails_says_why()
    {
        _script.Answers("""
              "cloudformation deploy"*) printf '\nAn error occurred (ValidationError): Rule refused\n' >&2; exit 255 ;;
              "cloudformation describe-stack-events"*) error ValidationError "Stack does not exist" ;;
            """);

        Assert.StartsWith(
            "deploy.sh: Deploying the stack cloudtrail-month-to-parquet: "
            + "An error occurred (ValidationError): Rule refused. ",
            await _script.FailsAsync(_script.First), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"level":"Error","message":"2024-02 failed: no space"}""", "Error: 2024-02 failed: no space\n")]
    [InlineData("""{"type":"platform.report","record":{"status":"timeout"}}""", "")]
    public async Task A_run_that_fails_fails_the_deployment(string line, string printed)
    {
        _script.Write("log", $"id-9\t{line}\n");

        var run = await _script.RunAsync([.. _script.First, "--month", "2024-02"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(printed, run.Output, StringComparison.Ordinal);
        Assert.StartsWith("deploy.sh: Running 2024-02: the run failed, see above. docs/operate.md", run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_fails_says_why()
    {
        _script.Answers("  \"athena get-query-execution\"*) printf 'FAILED\\tno permission\\n' ;;");

        Assert.Equal(
            "deploy.sh: Creating the table default.cloudtrail_events: Athena: FAILED\tno permission. "
            + "docs/query.md says what Athena needs; then run this again",
            await _script.FailsAsync([.. _script.First, "--table"]));
    }

    [Fact]
    public async Task A_function_of_zips_does_not_become_an_image_nor_an_image_one_of_zips()
    {
        _script.Program("docker", "");
        (string, string)[] places = [("SrcBucket", "logs"), ("DstBucket", "months"), ("DstPrefix", "m/")];

        _script.Deployed("CREATE_COMPLETE", places);
        string image = await _script.FailsAsync("--image", "--yes");
        _script.Deployed("CREATE_COMPLETE", [.. places, ("ImageUri", "registry.example/repository@sha256:1")]);
        string zips = await _script.FailsAsync(_script.First);

        Assert.Contains(
            "is made of zips, and Lambda cannot make an image of it. Take it down with --delete first", image,
            StringComparison.Ordinal);
        Assert.Contains("is an image. Leave --zips out", zips, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_of_the_image_that_fails_shows_what_the_engine_said()
    {
        _script.Answers("  \"ecr create-repository\"*) echo registry.example/repository ;;");
        _script.Program("docker", "[ \"$1\" = info ] || { echo there is no such base; exit 1; }");

        var run = await _script.RunAsync([.. _script.WithoutZips, "--image"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "there is no such base\ndeploy.sh: Building the image for arm64: docker build failed, see above. "
            + "Image/Dockerfile says what it needs; --base and --sdk name other images\n",
            run.Error);
    }

    [Fact]
    public async Task A_code_bucket_is_neither_the_source_nor_the_destination() =>
        Assert.Contains(
            "--code-bucket months is the source or the destination. Give another bucket",
            await _script.FailsAsync([.. _script.First, "--code-bucket", "months"]), StringComparison.Ordinal);

    [Fact]
    public async Task A_table_over_the_daily_files_is_refused()
    {
        _script.Answers("  \"s3api list-objects-v2\"*delimiter*) echo trails/2024/ ;;");

        Assert.Contains(
            "Athena would read the daily files too. Give --destination another prefix",
            await _script.FailsAsync([.. _script.First, "--destination", "s3://logs/trails/", "--table"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_that_is_missing_is_named_with_what_builds_it() =>
        Assert.Contains(
            "there is no parquetsharp-layer-x86_64.zip in it; ./build-layers.sh --arch x86_64 --output ",
            await _script.FailsAsync([.. _script.First, "--arch", "x86_64"]), StringComparison.Ordinal);
}
