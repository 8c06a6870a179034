using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// Two months of a real trail as CloudTrail delivered it, compared with what stage 1 made of the same days: stage 1
/// writes each event's JSON anew, so values are compared as JSON.
/// </summary>
public abstract class RealTrailTests(MonthStores stores) : RealMonthTest(stores)
{
    [Theory]
    [InlineData("2021-07", "342082656213", 1_388, 11_805, 2_463, 9_342)]
    [InlineData("2023-07", "218007301253", 55, 2_900, 0, 2_900)]
    public async Task Each_row_of_the_trail_is_the_row_of_stage_1s_files(
        string month, string account, int files, int records, int duplicates, int events)
    {
        string trail = SharedData.Require("trail");
        await PutAsync(trail, "trail/", MonthOf(month));
        await PutAsync(SharedData.Require("cloudtrail_daily"), "daily/", MonthOf(month));

        var daily = await RunAsync(source: Below("daily/"), month: MonthOf(month));
        var read = await RunAsync(
            new RunOptions { Threads = 2, Replace = true }, source: Below("trail/"), month: MonthOf(month));

        Assert.Equal((files, (long)records, (long)duplicates, (long)events), CountsOf(read));
        Assert.Equal((daily.Report.SourceFiles, (long)records, (long)duplicates, (long)events), CountsOf(daily));
        Assert.Equal([account], read.Report.Accounts!.First);
        Assert.Equal(0, read.Report.Rejects + read.Report.IgnoredKeys.Count + read.Report.EmptyObjects);
        AssertSame(daily.Rows.Select(AsJson).ToList(), read.Rows.Select(AsJson).ToList());
    }

    [Theory]
    [InlineData("2021-07", "trail", 11_805)]
    [InlineData("2021-07", "cloudtrail_daily", 11_805)]
    [InlineData("2023-07", "trail", 2_900)]
    public async Task The_days_of_a_real_month_are_the_month(string month, string delivered, int records)
    {
        await PutAsync(SharedData.Require(delivered), "", MonthOf(month));
        var whole = await RunAsync(month: MonthOf(month));
        await ClearAsync();

        var report = await new MonthRun(
            Source, Destination, new RunOptions { Unit = UnitKind.Day, Threads = 2 }, Time)
            .RunAsync(MonthOf(month), Cancellation);

        Assert.Equal(
            (records, whole.Report.Events, whole.Report.Duplicates),
            ((int)report.Lines, report.Events, report.Duplicates));
        AssertSame(whole.Rows, await AllRowsAsync());
    }

    private static (int Files, long Records, long Duplicates, long Events) CountsOf(MonthResult result) =>
        (result.Report.SourceFiles, result.Report.Lines, result.Report.Duplicates, result.Report.Events);

    /// <summary>The row with its JSON columns written alike: white space, escapes and numbers.</summary>
    private static IReadOnlyDictionary<string, object?> AsJson(IReadOnlyDictionary<string, object?> row)
    {
        var alike = new Dictionary<string, object?>(row, StringComparer.Ordinal);
        foreach (var column in EventSchema.Columns.Where(column => column.Kind == ColumnKind.Json))
        {
            alike[column.Name] = row[column.Name] is string text ? Alike(JsonNode.Parse(text)) : null;
        }

        return alike;
    }

    private static string Alike(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(',', members.Select(each => $"\"{each.Key}\":{Alike(each.Value)}"))}}}",
        JsonArray elements => $"[{string.Join(',', elements.Select(Alike))}]",
        _ when node.GetValueKind() == JsonValueKind.Number =>
            decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)
                .ToString("G29", CultureInfo.InvariantCulture),
        _ => node.ToJsonString(),
    };

    /// <summary>Puts the files of a directory whose path has the month's folders.</summary>
    private async Task PutAsync(string directory, string prefix, Month month)
    {
        foreach (string path in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            string key = Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');
            if (("/" + key).Contains("/" + month.Prefix, StringComparison.Ordinal))
            {
                await PutBytesAsync(prefix + key, await File.ReadAllBytesAsync(path, Cancellation));
            }
        }
    }
}
