using CloudTrailAggregation.Events;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.CloudTrail;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>A changed cell is found in every column, and the message says what the line should have become.</summary>
public sealed class CheckedCellTests() : CheckTest(new DirectoryMonthStores())
{
    [Fact]
    public async Task A_changed_cell_is_found_in_each_column()
    {
        // The first event has values that no column gives back exactly, the second has every column.
        await PutAsync("2024/02/01/000000.ndjson.gz", Odd, WithEveryColumn);
        var written = (await RunAsync()).Rows;
        byte[] whole = await BytesAsync(Parquet0);
        foreach (var column in EventSchema.Columns)
        {
            await IsFoundAsync(whole, row: 1, column.Name, value: null, "is not in the file|the file has \"NULL\"");
            foreach (int row in (int[])[0, 1])
            {
                await IsFoundAsync(
                    whole, row, column.Name, Other(written[row][column.Name], column), $"column {column.Name}");
            }
        }
    }

    [Fact]
    public async Task A_cell_that_is_lost_is_found_although_other_fields_keeps_its_value()
    {
        await PutAsync("2024/02/01/000000.ndjson", Odd);
        var written = Assert.Single((await RunAsync()).Rows);
        byte[] whole = await BytesAsync(Parquet0);
        string[] columns = [.. EventSchema.Columns.Select(column => column.Name)
            .Where(name => written[name] is not null)];

        Assert.Equal(["event_id", "event_time", "event_name", "user_agent", "read_only", "other_fields"], columns);
        foreach (string column in columns)
        {
            await IsFoundAsync(
                whole, row: 0, column, value: null,
                column == "other_fields" ? "is not in the file" : $"column {column}: |is not in the file");
        }
    }

    [Fact]
    public async Task Each_odd_event_is_proven_and_a_changed_one_is_found()
    {
        string[] lines = [.. EventGen.Line.Array[TestRun.Iterations(700)].Single(_ => true, seed: "0000000000002")
            .Where(RecordOracle.IsEvent)];
        await PutAsync("2024/02/01/000000.ndjson.gz", lines);
        await RunAsync(new RunOptions { Deduplicate = false });
        Assert.Equal(lines.Length, (await CheckAsync(deduplicate: false)).Counts.Events);
        byte[] whole = await BytesAsync(Parquet0);
        var random = new Random(3);
        for (int change = 0; change < 50; change++)
        {
            string changed = "";
            await PutBytesAsync(Destination, Parquet0, whole);
            await ChangeAsync(rows =>
            {
                int row = random.Next(rows.Count);
                var column = EventSchema.Columns[random.Next(EventSchema.Columns.Length)];
                rows[row][column.Name] = Other(rows[row][column.Name], column);
                changed = $"row {row + 1} ";
            });

            Assert.Contains(changed, await DiffersAsync(deduplicate: false), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Each_odd_event_of_the_shared_data_is_proven()
    {
        string path = SharedData.Require("odd-events.ndjson.gz");
        await PutBytesAsync("2024/02/01/odd-events.ndjson.gz", await File.ReadAllBytesAsync(path, Cancellation));
        await RunAsync(new RunOptions { Deduplicate = false });

        Assert.Equal(778, (await CheckAsync(deduplicate: false)).Counts.Events);
    }

    [Fact]
    public async Task What_a_difference_quotes_is_bounded_and_has_no_control_characters()
    {
        string text = $"{new string('x', 5_000)}\\u001b[2J{new string('y', 5_000)}";
        await PutAsync("2024/02/01/000000.ndjson", $$"""{"eventID":"1","requestParameters":"{{text}}"}""");
        await RunAsync();
        await ChangeAsync(rows => rows[0]["request_parameters"] = ((string)rows[0]["request_parameters"]!)
            .Replace("\\u001b", "\u001b\u202e", StringComparison.Ordinal));

        string difference = await DiffersAsync();

        Assert.Contains("column request_parameters: the source has … \"xxx", difference, StringComparison.Ordinal);
        Assert.Contains("xxx\\u001B", difference, StringComparison.Ordinal);
        Assert.DoesNotContain(difference, char.IsControl);
        Assert.InRange(difference.Length, 1, 800);
    }

    [Fact]
    public async Task Copies_that_were_kept_are_rows_if_the_check_is_told_so()
    {
        await PutAsync("2024/02/01/000000.ndjson", Event("1"), Event("1"));
        await RunAsync(new RunOptions { Deduplicate = false });

        var found = await CheckAsync(deduplicate: false);
        Assert.Equal((2, 0), (found.Counts.Events, found.Counts.Duplicates));
        Assert.Contains("it was written with --no-deduplicate, ", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_are_known_over_midnight_and_not_two_days_later()
    {
        await PutAsync("2024/02/01/000000.ndjson", Event("1"));
        await PutAsync("2024/02/02/000000.ndjson", Event("1"), Event("2"));
        await PutAsync("2024/02/03/000000.ndjson", Event("1"));
        await PutAsync("2024/02/05/000000.ndjson", Event("1"));
        await RunAsync();

        var found = await CheckAsync();

        Assert.Equal((5L, 3L, 2L), (found.Counts.Records, found.Counts.Events, found.Counts.Duplicates));
    }

    private const string Odd =
        """{"eventId":"1","readOnly":"TRUE","eventTime":"2024-02-01T00:00:00+01:00","eventName":7,"""
        + "\"userAgent\":\"\\ud800\",\"new\":{\"a\": 1}, \"managementEvent\":\"no\"}";

    private static string WithEveryColumn
    {
        get
        {
            var members = EventSchema.MemberColumns.Select(column =>
                $"\"{column.Member}\":"
                + (column.Name == "user_identity" ? IdentityWithEveryMember.Of(1) : ValueOf(column.Kind)));
            return $"{{{string.Join(',', members)},\"new\":1.50}}";
        }
    }

    private async Task IsFoundAsync(byte[] whole, int row, string column, object? value, string expected)
    {
        await PutBytesAsync(Destination, Parquet0, whole);
        await ChangeAsync(rows => rows[row][column] = value);

        string difference = await DiffersAsync();

        Assert.Contains($"000000.parquet, row {row + 1} is not the event of", difference, StringComparison.Ordinal);
        Assert.Matches(expected, difference);
    }

    private static string ValueOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Timestamp => "\"2024-02-01T00:00:00.120Z\"",
        ColumnKind.Boolean => "false",
        ColumnKind.Json => "{\"a\": [1]}",
        _ => "\"text \\u00e9\"",
    };

    private static object Other(object? value, EventColumn column) => value switch
    {
        string text => column.Name == "other_fields"
            ? text.Replace("\": ", "x\": ", StringComparison.Ordinal)
            : text + "x",
        bool boolean => !boolean,
        long milliseconds => milliseconds > 0 ? milliseconds - 1 : milliseconds + 1,
        _ => column.Kind switch
        {
            ColumnKind.Timestamp => 0L,
            ColumnKind.Boolean => true,
            _ => "{\"a\": 1}",
        },
    };
}
