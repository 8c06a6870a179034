using System.Text;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.CloudTrail;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// Events that CloudTrail is unlikely to write become rows as well, and each can be rebuilt from its row.
/// </summary>
public abstract class OddEventTests(MonthStores stores) : MonthTest(stores)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public async Task Each_odd_event_can_be_rebuilt_from_its_row(int threads)
    {
        string path = SharedData.Require("odd-events.ndjson.gz");
        string[] lines = Encoding.UTF8.GetString(ExpectedRows.Gunzip(path)).TrimEnd('\n').Split('\n');
        await PutBytesAsync("2024/02/01/odd-events.ndjson.gz", await File.ReadAllBytesAsync(path, Cancellation));

        var result = await RunAsync(new RunOptions { Deduplicate = false, Threads = threads });

        Assert.Equal(778, result.Report.Events);
        for (int row = 0; row < lines.Length; row++)
        {
            RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(lines[row]), result.Rows[row]);
        }
    }

    [Fact]
    public async Task Each_generated_event_can_be_rebuilt_from_its_row()
    {
        string[] lines = [.. EventGen.Line.Array[TestRun.Iterations(3_000)].Single(_ => true, seed: "0000000000001")
            .Where(RecordOracle.IsEvent)];
        await PutAsync("2024/02/01/000000.ndjson.gz", lines);

        var result = await RunAsync(new RunOptions { Deduplicate = false, Threads = 2 });

        Assert.Equal(lines.Length, result.Report.Events);
        for (int row = 0; row < lines.Length; row++)
        {
            RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(lines[row]), result.Rows[row]);
        }
    }
}
