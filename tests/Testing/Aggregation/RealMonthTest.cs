using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A whole month as the source of a run, and rows that must be the same.</summary>
public abstract class RealMonthTest(MonthStores stores) : MonthTest(stores)
{
    protected const string Sample = "2024-02";

    protected static Month MonthOf(string text) =>
        Month.TryParse(text, out var month) ? month : throw new ArgumentException(text, nameof(text));

    protected static void AssertSame(
        IReadOnlyList<IReadOnlyDictionary<string, object?>> expected,
        IReadOnlyList<IReadOnlyDictionary<string, object?>> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int row = 0; row < expected.Count; row++)
        {
            foreach (var (column, value) in expected[row])
            {
                Assert.True(
                    Equals(value, actual[row][column]),
                    $"row {row}, {column}: {value ?? "NULL"} became {actual[row][column] ?? "NULL"}");
            }
        }
    }

    /// <summary>Puts the month's files into the source.</summary>
    /// <returns>The directory they are from.</returns>
    protected async Task<string> PutMonthAsync(string month)
    {
        string data = month == Sample
            ? Repository.File("tests", "data", "cloudtrail_daily")
            : SharedData.Require("cloudtrail_daily");
        string directory = Path.Combine(data, MonthOf(month).Prefix);
        foreach (string path in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            await PutBytesAsync(Path.GetRelativePath(data, path), await File.ReadAllBytesAsync(path, Cancellation));
        }

        return directory;
    }
}
