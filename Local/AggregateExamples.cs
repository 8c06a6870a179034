namespace CloudTrailAggregation.Local;

internal static class AggregateExamples
{
    public const string Text = """
        Examples:
          The sample trail of the repository:
            dotnet run --project Local -- aggregate --source tests/data/trail --destination out --month 2024-03

          A month of an organization's trail; --account and --region narrow it, --dry-run only says what it would do:
            AWS_PROFILE=audit dotnet run --project Local -- aggregate \
              --source s3://my-trail-bucket/AWSLogs/o-exampleorg1 --destination monthly --month 2024-02

          A year of stage 1's daily files, each month in turn, with a table at the end:
            dotnet run --project Local -- aggregate --source daily --destination monthly --from 2023-01 --to 2023-12

        docs/cli.md has more: servers compatible with S3, buckets in two regions, scripts.
        Exit code: 0 done; 1 a month failed (it is unchanged) or has nothing to read (0 with --allow-empty);
        2 wrong usage; 130 cancelled with Ctrl-C (months that are not done are unchanged).
        """;
}
