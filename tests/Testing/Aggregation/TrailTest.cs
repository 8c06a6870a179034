using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A month whose source is a trail.</summary>
public abstract class TrailTest(MonthStores stores) : MonthTest(stores)
{
    protected const string One = "111111111111";
    protected const string Two = "222222222222";

    /// <summary>The options that say that the source is a trail.</summary>
    protected static RunOptions Trail(string accounts = "", string regions = "") => new()
    {
        Selection = new SourceSelection
        {
            Layout = SourceLayout.Trail,
            Accounts = accounts.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Regions = regions.Split(',', StringSplitOptions.RemoveEmptyEntries),
        },
    };

    /// <summary>The key of a log file, below the account's folder.</summary>
    protected static string LogFile(
        string account, int day, string region = "us-east-1", string folder = "CloudTrail", string time = "0005Z",
        string suffix = ".json.gz") =>
        $"{account}/{folder}/{region}/2024/02/{day:D2}/"
        + $"{account}_{folder}_{region}_202402{day:D2}T{time}_AbCdEfGhIjKlMnOp{suffix}";

    /// <summary>Puts log files of one event each, whose id is the end of the key from the account on.</summary>
    protected async Task PutLogsAsync(string prefix, params string[] files)
    {
        foreach (string file in files)
        {
            await PutAsync(prefix + file, Event(file));
        }
    }
}
