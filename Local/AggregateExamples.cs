namespace CloudTrailAggregation.Local;

internal static class AggregateExamples
{
    public const string Text = """
        Examples:
          The sample trail of the repository:
            dotnet run --project Local -- aggregate --source tests/data/trail --destination out --month 2024-03

          A month of daily files, as stage 1 writes them:
            dotnet run --project Local -- aggregate \
              --source tests/data/cloudtrail_daily --destination out --month 2024-02

          A trail's own log files, of a whole organization; --account and --region narrow them:
            AWS_PROFILE=audit dotnet run --project Local -- aggregate \
              --source s3://my-trail-bucket/AWSLogs/o-exampleorg1 --destination monthly --month 2024-02

          What a run would read, write and remove, and how many requests that takes:
            dotnet run --project Local -- aggregate --dry-run \
              --source s3://my-trail-bucket/AWSLogs --destination monthly --month 2024-02

          A year, each month in turn, with a summary at the end:
            dotnet run --project Local -- aggregate --source daily --destination monthly --from 2023-01 --to 2023-12

          From S3 to S3, as the Lambda function does, with the credentials of a profile:
            AWS_PROFILE=audit AWS_REGION=eu-central-1 dotnet run --project Local -- aggregate \
              --source s3://my-logs/cloudtrail_daily --destination s3://my-logs/cloudtrail_monthly --month 2024-02

          Buckets in two regions; the destination's policy demands an encryption header:
            AWS_PROFILE=audit dotnet run --project Local -- aggregate \
              --source s3://my-logs/cloudtrail_daily --source-region eu-central-1 \
              --destination s3://my-months/cloudtrail_monthly --destination-region us-east-1 \
              --sse aws:kms --month 2024-02

          An S3-compatible server:
            dotnet run --project Local -- aggregate --endpoint-url http://localhost:9000 --path-style \
              --source s3://logs/daily --destination s3://logs/monthly --month 2024-02

          In a script: with --json, stdout has one line for each month that was tried: the Lambda function's report, or
          {"month","status":"failed","error"}:
            dotnet run --project Local -- aggregate --json \
              --source daily --destination monthly --month 2024-02 | jq .events

        Exit code: 0 done; 1 a month failed (it is unchanged) or has nothing to read (0 with --allow-empty);
        2 wrong usage; 130 cancelled with Ctrl-C (months that are not done are unchanged).
        """;
}
