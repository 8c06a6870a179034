using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>Each option of deploy.sh, and what it does with what it finds.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("Category", TestRun.Full)]
public sealed partial class DeployScriptTests : IDisposable
{
    private const string Key = "arn:aws:kms:us-east-1:123456789012:key/0123-4567";

    private readonly DeployScript _script = new();

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task Help_names_every_option()
    {
        string script = await File.ReadAllTextAsync(
            Repository.File("deploy.sh"), TestContext.Current.CancellationToken);
        string[] options = [.. OptionCase().Matches(script).Select(match => match.Groups["option"].Value).Distinct()];

        string help = await _script.SucceedsAsync("--help");

        Assert.Equal(22, options.Length);
        Assert.All(options, option => Assert.Matches($@"(?m)^  {option}\b", help));
        Assert.Empty(_script.Calls);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    public async Task A_deployment_says_each_step_and_uses_what_it_found(string shell)
    {
        var (exitCode, said) = await _script.RunAsync(shell, "", _script.First);

        Assert.True(exitCode == 0, said);
        Assert.Equal(
            [
                "Checking the tools and the credentials", "Checking the buckets", "The plan",
                "Creating the code bucket " + DeployScript.CodeBucket, "Uploading the layer and the function",
                "Deploying the stack cloudtrail-month-to-parquet",
            ],
            Steps(said));
        Assert.Contains("Source       s3://logs/trails/: trail layout, in us-east-1, no KMS key\n", said,
            StringComparison.Ordinal);
        Assert.Contains("FunctionArn\tarn:function\n", said, StringComparison.Ordinal);
        var parameters = _script.Parameters;
        Assert.Equal(
            ("logs", "trails/", "trail", "", "months", "parquet/", ""),
            (parameters["SrcBucket"], parameters["SrcPrefix"], parameters["SrcLayout"], parameters["SrcRegion"],
                parameters["DstBucket"], parameters["DstPrefix"], parameters["DstRegion"]));
        Assert.Equal(
            ("cloudtrail-month-to-parquet", "arm64", DeployScript.CodeBucket, ""),
            (parameters["LambdaName"], parameters["Architecture"], parameters["CodeBucket"],
                parameters["ParquetSharpLayerArn"]));
        Assert.Matches(
            "^cloudtrail-aggregation/cloudtrail-month-to-parquet/cloudtrail-aggregation-arm64-[0-9a-f]{12}[.]zip$",
            parameters["CodeKey"]);
        Assert.Matches("/parquetsharp-layer-arm64-[0-9a-f]{12}[.]zip$", parameters["LayerKey"]);
        string deploy = Assert.Single(
            _script.Calls, call => call.StartsWith("cloudformation deploy", StringComparison.Ordinal));
        Assert.Contains($" --s3-bucket {DeployScript.CodeBucket} ", deploy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_code_bucket_is_private_encrypted_and_marked()
    {
        await _script.SucceedsAsync(_script.First);

        string[] made = [.. _script.Calls.Where(call => call.StartsWith("s3api put-", StringComparison.Ordinal)
            || call.StartsWith("s3api create-", StringComparison.Ordinal)).Take(4)];
        Assert.Equal(
            ["create-bucket", "put-bucket-tagging", "put-public-access-block", "put-bucket-encryption"],
            made.Select(call => call.Split(' ')[1]));
        Assert.DoesNotContain("LocationConstraint", made[0], StringComparison.Ordinal);
        Assert.Contains("BlockPublicPolicy=true,RestrictPublicBuckets=true", made[2], StringComparison.Ordinal);
        Assert.Contains("AES256", made[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        string said = await _script.SucceedsAsync([.. _script.First, "--dry-run", "--month", "2024-02", "--table"]);

        Assert.Contains(
            "Run          2024-02\nTable        default.cloudtrail_events\n", said, StringComparison.Ordinal);
        Assert.Contains(
            "2024-02 has 7 objects of 2.5 MB: reading them costs $0.00000,", said, StringComparison.Ordinal);
        Assert.EndsWith("A dry run: nothing was changed.\n", said, StringComparison.Ordinal);
        Assert.Contains(
            " --prefix trails/AWSLogs/111122223333/CloudTrail/us-east-1/2024/02/ ",
            Assert.Single(_script.Calls, call => call.Contains("length(", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Empty(_script.Changes);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("n\n", false)]
    [InlineData("", false)]
    public async Task It_asks_before_it_changes_anything(string said, bool isDone)
    {
        var run = await _script.RunAsync("sh", said, _script.First[..^1]);

        Assert.Contains("Deploy this? [y/N] ", run.Output, StringComparison.Ordinal);
        Assert.Equal(isDone ? 0 : 1, run.ExitCode);
        Assert.Equal(isDone, _script.Changes.Length > 0);
    }

    [Fact]
    public async Task The_options_become_parameters_and_a_parameter_comes_before_what_was_found()
    {
        const string Topic = "arn:aws:sns:us-east-1:123456789012:operations";
        _script.Write("zips/parquetsharp-layer-x86_64.zip", "layer");
        _script.Write("zips/cloudtrail-aggregation-x86_64.zip", "function");

        await _script.SucceedsAsync(
            [
                .. _script.First, "--unit", "day", "--alarm-topic", Topic, "--arch", "x86_64", "--stack", "audit",
                "--code-bucket", "my-code", "--parameter", "ScheduleExpression=cron(0 3 * * ? *)", "--parameter",
                "SrcLayout=daily", "--parameter", "SourceKmsKeyArn=" + Key,
            ]);

        var parameters = _script.Parameters;
        Assert.Equal(
            ("day", Topic, "x86_64", "audit", "my-code", "cron(0 3 * * ? *)", "daily", Key),
            (parameters["Unit"], parameters["AlarmTopicArn"], parameters["Architecture"], parameters["LambdaName"],
                parameters["CodeBucket"], parameters["ScheduleExpression"], parameters["SrcLayout"],
                parameters["SourceKmsKeyArn"]));
    }

    [Fact]
    public async Task Regions_other_than_the_functions_are_written_into_the_stack()
    {
        _script.Answers("""
              "s3api head-bucket --bucket logs "*) echo eu-west-1 ;;
              "s3api head-bucket --bucket months "*) echo None ;;
              "s3api get-bucket-location --bucket months "*) echo eu-central-1 ;;
            """);

        string said = await _script.SucceedsAsync([.. _script.First, "--region", "eu-central-1"]);

        Assert.Equal(("eu-west-1", ""), (_script.Parameters["SrcRegion"], _script.Parameters["DstRegion"]));
        Assert.Contains("are in several regions: AWS charges", said, StringComparison.Ordinal);
        Assert.Contains(_script.Calls, call => call.StartsWith("s3api create-bucket", StringComparison.Ordinal)
            && call.EndsWith("LocationConstraint=eu-central-1", StringComparison.Ordinal));
    }

    /// <summary>As <see cref="Plan.LayoutDetection"/> tells it.</summary>
    [Theory]
    [InlineData("s3://logs/a/AWSLogs/111122223333/", "", "trail")]
    [InlineData("s3://logs", "AWSLogs/ other/", "trail")]
    [InlineData("s3://logs", "o-example1/ other/", "trail")]
    [InlineData("s3://logs", "2024/ 2025/", "daily")]
    public async Task The_layout_is_told_by_the_folders(string source, string folders, string layout)
    {
        _script.Answers($$"""
              "s3api list-objects-v2"*"--prefix o-example1/ "*delimiter*) echo o-example1/AWSLogs/ ;;
              "s3api list-objects-v2"*"--prefix  --delimiter"*) printf '%s\n' {{folders}} ;;
              "s3api list-objects-v2"*delimiter*) echo None ;;
            """);

        await _script.SucceedsAsync([.. _script.First, "--source", source]);

        Assert.Equal(layout, _script.Parameters["SrcLayout"]);
    }

    [Theory]
    [InlineData("aws:kms\\t" + Key, "None", Key)]
    [InlineData("aws:kms\\talias/trail", "None", Key)]
    [InlineData("aws:kms\\tNone", "None", "")]
    [InlineData("aws:kms\\talias/aws/s3", "None", "")]
    [InlineData("AES256\\tNone", Key, Key)]
    public async Task The_key_of_the_source_is_the_buckets_or_that_of_the_trails_objects(
        string bucket, string log, string expected)
    {
        _script.Answers($$"""
              "s3api get-bucket-encryption"*"--bucket logs "*) printf '{{bucket}}\n' ;;
              "s3api list-objects-v2"*contains*) echo trails/AWSLogs/1/CloudTrail/a.json.gz ;;
              "s3api head-object"*a.json.gz*) echo {{log}} ;;
              "kms describe-key"*"--key-id alias/trail "*) echo {{Key}} ;;
            """);

        await _script.SucceedsAsync(_script.First);

        Assert.Equal(
            (expected, ""), (_script.Parameters["SourceKmsKeyArn"], _script.Parameters["DestinationKmsKeyArn"]));
    }

    [Fact]
    public async Task A_key_of_the_destination_is_found_too()
    {
        _script.Answers($$"""
              "s3api get-bucket-encryption"*"--bucket months "*) printf 'aws:kms:dsse\t{{Key}}\n' ;;
              "s3api get-bucket-encryption"*) error AccessDenied "Access Denied" ;;
            """);

        string said = await _script.SucceedsAsync(_script.First);

        Assert.Equal(Key, _script.Parameters["DestinationKmsKeyArn"]);
        Assert.Contains("if it has a KMS key, give --parameter SourceKmsKeyArn=ARN", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_keeps_what_is_not_given_anew()
    {
        _script.Deployed(
            "CREATE_COMPLETE", ("SrcBucket", "logs"), ("SrcPrefix", "trails/"), ("DstBucket", "months"),
            ("DstPrefix", "parquet/"), ("Architecture", "arm64"), ("LambdaName", "audit"), ("CodeBucket", "my-code"),
            ("SourceKmsKeyArn", Key), ("Unit", "day"));

        string said = await _script.SucceedsAsync(_script.First[4..]);

        var parameters = _script.Parameters;
        Assert.Contains(": CREATE_COMPLETE, the function audit\n", said, StringComparison.Ordinal);
        Assert.Equal(
            ("logs", "parquet/", "audit", "my-code"),
            (parameters["SrcBucket"], parameters["DstPrefix"], parameters["LambdaName"], parameters["CodeBucket"]));
        Assert.DoesNotContain("SourceKmsKeyArn", parameters.Keys);
        Assert.DoesNotContain("Unit", parameters.Keys);
        Assert.DoesNotContain(_script.Calls, call => call.Contains("create-bucket", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stack_of_which_only_a_change_set_was_made_is_new()
    {
        _script.Deployed("REVIEW_IN_PROGRESS", ("LambdaName", "another"));

        string said = await _script.SucceedsAsync(_script.First);

        Assert.Contains(": new, the function cloudtrail-month-to-parquet\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-cli/1.45.11", false)]
    [InlineData("aws-cli/2.30.0", true)]
    public async Task A_month_is_run_its_log_followed_and_its_report_printed(string version, bool isVersion2)
    {
        _script.Answers($"  --version) echo {version} ;;");

        string said = await _script.SucceedsAsync([.. _script.First, "--month", "2024-02"]);

        string invoke = Assert.Single(
            _script.Calls, call => call.StartsWith("lambda invoke", StringComparison.Ordinal));
        Assert.Contains("--invocation-type Event ", invoke, StringComparison.Ordinal);
        Assert.Contains("""--payload {"month":"2024-02"} """, invoke, StringComparison.Ordinal);
        Assert.Equal(isVersion2, invoke.Contains("--cli-binary-format raw-in-base64-out", StringComparison.Ordinal));
        Assert.Contains(
            """
            Information: 2024-02 begins
            Information: 2024-02 is \"done\"
            {"month":"2024-02",
              "status":"written",
              "events":7}

            """,
            said, StringComparison.Ordinal);
        Assert.DoesNotContain("an older line", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_is_created_and_asked()
    {
        string said = await _script.SucceedsAsync(
            [.. _script.First, "--month", "2024-02", "--table", "--table-name", "mine"]);

        string[] statements =
            [.. _script.Calls.Where(call => call.StartsWith("athena start-", StringComparison.Ordinal))];
        Assert.Equal(2, statements.Length);
        Assert.Contains("--query-string CREATE EXTERNAL TABLE mine (", statements[0], StringComparison.Ordinal);
        Assert.Contains("LOCATION 's3://months/parquet/'", statements[0], StringComparison.Ordinal);
        Assert.Contains("'s3://months/parquet/${year}/${month}/'", statements[0], StringComparison.Ordinal);
        Assert.Contains("'deployed-by' = 'cloudtrail-month-to-parquet'", statements[0], StringComparison.Ordinal);
        Assert.DoesNotContain("MY_BUCKET", statements[0], StringComparison.Ordinal);
        Assert.Contains("FROM mine     WHERE year = '2024' AND month = '02' ", statements[1], StringComparison.Ordinal);
        Assert.Contains("s3.amazonaws.com\t7\n", said, StringComparison.Ordinal);
        Assert.All(statements, call => Assert.Contains(
            $"OutputLocation=s3://{DeployScript.CodeBucket}/", call, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cloudtrail-month-to-parquet", "s3://months/parquet", true)]
    [InlineData("cloudtrail-month-to-parquet", "s3://months/where-it-was-before/", true)]
    [InlineData("None", "s3://months/parquet", false)]
    public async Task A_table_that_exists_is_made_anew_only_if_it_is_the_stacks(string stack, string place, bool isMade)
    {
        _script.Answers($"  \"glue get-table\"*) printf '{stack}\\t{place}\\n' ;;");

        await _script.SucceedsAsync([.. _script.First, "--table"]);

        Assert.Equal(isMade, _script.Calls.Any(call => call.StartsWith("glue delete-table", StringComparison.Ordinal)));
        Assert.Equal(isMade, _script.Calls.Any(call => call.Contains("CREATE EXTERNAL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_zips_build_layers_builds_them()
    {
        var (exitCode, said) = await _script.RunAsync([.. _script.WithoutZips, "--engine", "podman"]);

        Assert.Equal(1, exitCode);
        Assert.EndsWith("deploy.sh: --engine podman: podman is not on the PATH\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_built_pushed_and_deployed_by_its_digest()
    {
        string digest = "sha256:" + new string('7', 64);
        ImageAnswers(digest);

        string said = await _script.SucceedsAsync(
            [
                .. _script.WithoutZips, "--image", "--arch", "x86_64", "--base", "my-base", "--sdk", "my-sdk",
                "--lambda-packages", "stand-in",
            ]);

        Assert.Equal(
            [
                "Creating the image repository cloudtrail-aggregation/cloudtrail-month-to-parquet",
                "Building the image for x86_64", "Logging in to the repository", "Pushing the image",
                "Deploying the stack cloudtrail-month-to-parquet",
            ],
            Steps(said).Skip(4));
        string[] engine = _script.Read("engine").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["info", "build", "login", "push"], engine.Select(call => call.Split(' ')[0]));
        Assert.Contains(
            "--platform linux/amd64 --tag registry.example/repository:x86_64 --build-arg ARCHITECTURE=x86_64 "
            + "--build-arg LAMBDA_PACKAGES=stand-in --build-arg BASE=my-base --build-arg SDK=my-sdk " + Repository.Root,
            engine[1], StringComparison.Ordinal);
        Assert.EndsWith(" BuildKit 1, no attestations 1", engine[1], StringComparison.Ordinal);
        Assert.StartsWith(
            "login --username AWS --password-stdin registry.example: the-password ", engine[2],
            StringComparison.Ordinal);
        Assert.Equal("registry.example/repository@" + digest, _script.Parameters["ImageUri"]);
        Assert.DoesNotContain("CodeKey", _script.Parameters.Keys);
        Assert.DoesNotContain(_script.Calls, call => call.StartsWith("s3api put-object", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stack_of_an_image_stays_one()
    {
        string digest = "sha256:" + new string('8', 64);
        ImageAnswers(digest);
        _script.Deployed(
            "CREATE_COMPLETE", ("SrcBucket", "logs"), ("DstBucket", "months"), ("DstPrefix", "m/"),
            ("SrcPrefix", "trails/"), ("ImageUri", "registry.example/repository@sha256:1"));

        await _script.SucceedsAsync("--yes");

        Assert.Equal("registry.example/repository@" + digest, _script.Parameters["ImageUri"]);
    }

    [Fact]
    public async Task Delete_takes_down_what_was_made_and_never_the_source_or_the_destination()
    {
        Deployed();
        _script.Answers("""
              "glue get-table"*) printf 'cloudtrail-month-to-parquet\ts3://months/parquet/\n' ;;
              "ecr describe-repositories"*) printf 'uri\tarn:repository\n' ;;
              "ecr list-tags-for-resource"*) echo deploy.sh ;;
              "ecr delete-repository"*) ;;
            """);

        string said = await _script.SucceedsAsync("--delete", "--yes");

        Assert.Equal(
            [
                "cloudformation delete-stack", "cloudformation wait", "s3 rm", "s3api delete-bucket",
                "ecr delete-repository", "glue delete-table",
            ],
            _script.Changes.Select(call => string.Join(' ', call.Split(' ').Take(2))));
        Assert.All(_script.Calls, call => Assert.DoesNotMatch("logs|months", call));
        Assert.EndsWith("Done.\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_leaves_what_another_made()
    {
        Deployed();
        _script.Answers("""
              "glue get-table"*) printf 'another\ts3://months/parquet/\n' ;;
              "s3api get-bucket-tagging"*) error NoSuchTagSet "The TagSet does not exist" ;;
              "ecr describe-repositories"*) printf 'uri\tarn:repository\n' ;;
              "ecr list-tags-for-resource"*) echo ;;
            """);

        await _script.SucceedsAsync("--delete", "--yes");

        Assert.DoesNotContain(_script.Calls, call => call.Contains("delete-bucket", StringComparison.Ordinal)
            || call.Contains("delete-table", StringComparison.Ordinal)
            || call.Contains("delete-repository", StringComparison.Ordinal));
        Assert.Contains(
            "s3 rm --only-show-errors --recursive s3://my-code/cloudtrail-aggregation/cloudtrail-month-to-parquet/",
            _script.Calls);
    }

    [Fact]
    public async Task Delete_keeps_a_code_bucket_that_holds_another_stacks_code()
    {
        Deployed();
        _script.Answers("  \"s3api delete-bucket\"*) error BucketNotEmpty \"The bucket is not empty.\" ;;");

        Assert.Contains(
            "it stays\nDone.\n", await _script.SucceedsAsync("--delete", "--yes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_can_be_run_again_when_the_stack_is_gone()
    {
        string said = await _script.SucceedsAsync("--delete", "--yes");

        Assert.Contains(": there is none\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain(_script.Calls, call => call.Contains("delete", StringComparison.Ordinal));
    }

    [Fact]
    public void The_prices_are_those_of_the_page()
    {
        string script = File.ReadAllText(Repository.File("deploy.sh"));
        string page = File.ReadAllText(Repository.File("docs", "cost.md"));

        var prices = Prices().Match(script).Groups;
        Assert.Contains(
            $"| S3 GET; PUT and LIST | ${prices["get"]}0; ${prices["list"]} a million |", page,
            StringComparison.Ordinal);
        Assert.Contains($"| ${prices["lambda"]} | ${prices["lambda"]} |", page, StringComparison.Ordinal);
    }

    /// <summary>A repository that does not exist yet, and a docker that writes down its calls.</summary>
    private void ImageAnswers(string digest)
    {
        _script.Answers($$"""
              "ecr create-repository"*) echo registry.example/repository ;;
              "ecr get-login-password"*) echo the-password ;;
              "ecr describe-images"*) echo {{digest}} ;;
            """);
        _script.Program("docker", """
            [ "$1" != login ] || read -r password
            variables="BuildKit ${DOCKER_BUILDKIT:-}, no attestations ${BUILDX_NO_DEFAULT_ATTESTATIONS:-}"
            echo "$*${password:+: $password} $variables" >>engine
            """);
    }

    private void Deployed() => _script.Deployed(
        "CREATE_COMPLETE", ("SrcBucket", "logs"), ("DstBucket", "months"), ("CodeBucket", "my-code"));

    private static IEnumerable<string> Steps(string said) =>
        said.Split('\n').Where(line => line.StartsWith("== ", StringComparison.Ordinal)).Select(line => line[3..]);

    [GeneratedRegex(
        @"(?m)^      (?<option>--[a-z-]+)\) [a-z_]+=|(?<option>--(help|parameter))\b", RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex OptionCase();

    [GeneratedRegex(
        @"(?m)^GET=(?<get>[\d.]+) LIST=(?<list>[\d.]+) LAMBDA=(?<lambda>[\d.]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prices();
}
