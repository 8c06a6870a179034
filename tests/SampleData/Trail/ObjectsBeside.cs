using System.Globalization;

namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>
/// What else is in a trail's bucket: CloudTrail's digests, and logs of other services. None has events.
/// </summary>
internal sealed class ObjectsBeside(TrailArguments arguments, string account)
{
    /// <summary>CloudTrail writes a digest every hour; a few are enough to see that they are not read.</summary>
    private const int DaysWithDigest = 3;

    private readonly string _organization = arguments.Organization is { } id ? $"{id}/" : "";

    /// <summary>The objects, by key, each with its text.</summary>
    public IEnumerable<(string Key, string Text)> All()
    {
        var month = arguments.Month.Month;
        int days = arguments.Month.Days ?? DateTime.DaysInMonth(month.Year, month.Month);
        foreach (string region in Words.Regions[..arguments.Regions])
        {
            for (int day = 0; day < Math.Min(days, DaysWithDigest); day++)
            {
                yield return Digest(region, month.AddDays(day));
            }
        }

        string first = Words.Regions[0];
        yield return Of(
            "Config",
            $"{first}/{Text(month, "yyyy/M/d")}/ConfigSnapshot",
            $"{first}_ConfigSnapshot_{Text(month, "yyyyMMdd")}T091500Z_0001.json.gz",
            """{"fileVersion":"1.0","configurationItems":[]}""");
        yield return Of(
            "elasticloadbalancing",
            $"{first}/{Text(month, "yyyy/MM/dd")}",
            $"{first}_app.web.0123456789abcdef_{Text(month, "yyyyMMdd")}T0905Z_192.0.2.9_1a2b3c4d.log.gz",
            $"https {Text(month, "yyyy-MM-dd")}T09:04:59.000000Z app/web/0123456789abcdef 192.0.2.7:2817 200 34 366\n");
    }

    private (string Key, string Text) Digest(string region, DateOnly day)
    {
        string name =
            $"{account}_CloudTrail-Digest_{region}_organization_{region}_{Text(day, "yyyyMMdd")}T235959Z.json.gz";
        string key = $"AWSLogs/{_organization}{account}/CloudTrail-Digest/{region}/{Text(day, "yyyy/MM/dd")}/{name}";
        string date = Text(day, "yyyy-MM-dd");
        return (key, $$"""
            {"awsAccountId":"{{account}}","digestStartTime":"{{date}}T22:59:59Z","digestEndTime":"{{date}}T23:59:59Z","digestS3Object":"{{key}}","digestHashAlgorithm":"SHA-256","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,"previousDigestS3Object":null,"logFiles":[]}
            """);
    }

    private (string Key, string Text) Of(string service, string folder, string name, string text) =>
        ($"AWSLogs/{account}/{service}/{folder}/{account}_{service}_{name}", text);

    private static string Text(DateOnly day, string format) => day.ToString(format, CultureInfo.InvariantCulture);
}
