using System.Text.RegularExpressions;

namespace CloudTrailAggregation.Benchmarks.Queries;

/// <summary>A query of queries.sql, or one over an hour of the month.</summary>
internal sealed partial record SampleQuery(string Name, string Text)
{
    /// <summary>Athena's functions in DuckDB's SQL.</summary>
    public const string Dialect = """
        CREATE MACRO json_extract_scalar(json, path) AS json_extract_string(json, path);
        CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern);
        """;

    /// <summary>
    /// The ten queries of queries.sql, and an eleventh over one hour, for which an engine can skip row groups and
    /// pages.
    /// </summary>
    /// <param name="month">The month of the hour, YYYY-MM.</param>
    public static IReadOnlyList<SampleQuery> All(string month)
    {
        var queries = Number().Matches(File.ReadAllText(Path.Combine(Places.Repository, "queries.sql")));
        return
        [
            .. queries.Select(query => new SampleQuery(
                $"{query.Groups["number"].Value}. {query.Groups["title"].Value}", query.Groups["text"].Value)),
            new SampleQuery("11. One hour of the month", $"""
                SELECT event_time, event_name, user_identity, request_parameters FROM cloudtrail_events
                WHERE event_time >= '{month}-10 10:00:00+00' AND event_time < '{month}-10 11:00:00+00'
                """),
        ];
    }

    /// <summary>Whether the query's conditions use none of the absent columns.</summary>
    public bool CanAsk(IEnumerable<string> absentColumns)
    {
        string conditions = Text[Text.IndexOf("WHERE", StringComparison.Ordinal)..];
        return !absentColumns.Any(column =>
            Regex.IsMatch(conditions, $@"\b{column}\b", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [GeneratedRegex(
        @"^-- (?<number>\d+)\. (?<title>[^.?:\n]+[.?]?)[^\n]*\n(--[^\n]*\n)*(?<text>SELECT[^;]+);",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex Number();
}
