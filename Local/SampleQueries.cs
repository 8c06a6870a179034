using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local;

/// <summary>Three questions that people ask of CloudTrail, in DuckDB's SQL, ready to paste.</summary>
internal static class SampleQueries
{
    public static string Of(IReadOnlyList<string> files, S3Endpoint endpoint)
    {
        string table = files.Count == 1
            ? Quoted(files[0])
            : $"read_parquet([{string.Join(", ", files.Select(Quoted))}])";
        return $"""
            {SecretFor(files[0], endpoint)}-- What happens most?
            SELECT event_name, event_source, count(*) AS events
            FROM {table}
            GROUP BY ALL ORDER BY events DESC LIMIT 10;

            -- Who is refused, and what for?
            SELECT caller, error_code, count(*) AS errors
            FROM {table}
            WHERE error_code IS NOT NULL
            GROUP BY ALL ORDER BY errors DESC LIMIT 10;

            -- How much each day, and how many sign-ins to the console?
            SELECT CAST(event_time AT TIME ZONE 'UTC' AS DATE) AS day,
                   count(*) AS events,
                   count(*) FILTER (event_name = 'ConsoleLogin') AS console_logins
            FROM {table}
            GROUP BY day ORDER BY day;

            """;
    }

    /// <summary>
    /// The statement that makes DuckDB use the environment's credentials, and the S3-compatible server if there is one.
    /// </summary>
    private static string SecretFor(string file, S3Endpoint endpoint)
    {
        if (!file.StartsWith("s3://", StringComparison.Ordinal))
        {
            return "";
        }

        string server = endpoint.EndpointUrl is { } url && new Uri(url) is var address
            ? $", ENDPOINT {Quoted(address.Authority)}, USE_SSL {(address.Scheme == "https" ? "true" : "false")}"
            : "";
        string region = endpoint.Region is { } name ? $", REGION {Quoted(name)}" : "";
        string style = endpoint.PathStyle ? ", URL_STYLE 'path'" : "";
        return $"CREATE SECRET (TYPE s3, PROVIDER credential_chain{region}{server}{style});\n\n";
    }

    private static string Quoted(string text) =>
        $"'{SingleLine.Escaped(text).Replace("'", "''", StringComparison.Ordinal)}'";
}
