using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CloudTrailAggregation.Local;

/// <summary>The options, as the library prints them, and examples below them.</summary>
internal sealed class AggregateHelp : SynchronousCommandLineAction
{
    private const string Examples = """
        Examples:
          The sample data of the repository:
            dotnet run --project Local -- aggregate --source tests/data/cloudtrail_daily --destination out --month 2024-02

          From S3 to S3, as the Lambda does, with the credentials of a profile:
            AWS_PROFILE=audit AWS_REGION=eu-central-1 dotnet run --project Local -- aggregate \
              --source s3://my-logs/cloudtrail_daily --destination s3://my-logs/cloudtrail_monthly --month 2024-02

          An S3-compatible server:
            dotnet run --project Local -- aggregate --endpoint-url http://localhost:9000 --path-style \
              --source s3://logs/daily --destination s3://logs/monthly --month 2024-02

          In a script:
            dotnet run --project Local -- aggregate --json --source daily --destination monthly --month 2024-02 | jq .events

        Exit code: 0 done, 1 failed (the month is as it was), 2 wrong usage, 130 cancelled with Ctrl-C (the month is as it was).
        """;

    private readonly HelpAction _options = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = _options.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(Examples);
        return exitCode;
    }
}
