using System.Text.Json;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Local.Show;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class ShowTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task A_file_is_shown_with_columns_sizes_metadata_counts_and_its_first_row()
    {
        _months.WithEveryKindOfLine();
        await _months.RunAsync();

        var run = await ShowAsync(_months.Parquet);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.Contains($"{_months.Parquet}     4           1  ", run.Output, StringComparison.Ordinal);
        Assert.All(EventSchema.Columns, column => Assert.Matches(
            $"\n{column.Name} +(string|boolean|timestamp \\(ms, UTC\\)) +[0-9.]+ .?B?(bytes)? +[0-9.]+ % "
            + "+[0-9.]+ .*  zstd +(Rle|Plain)",
            run.Output));
        Assert.Matches("\nrow group  rows +bytes  uncompressed\n        0     4 ", run.Output);
        Assert.Matches("\ncloudtrail_aggregation.events_so_far +4\n", run.Output);
        Assert.Matches("\ncloudtrail_aggregation.duplicates_so_far +2\n", run.Output);
        Assert.Matches(
            "\nrow 1 +value\nevent_id +00000001-0000-4000-8000-000000000000\nevent_time +2024-02-01 12:00:00\n",
            run.Output);
        Assert.DoesNotContain("row 2", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Events per day", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--top", 2)]
    [InlineData("--top=1", 1)]
    public async Task Top_counts_names_sources_errors_and_callers_and_draws_the_days(string top, int names)
    {
        _months.WithEveryKindOfLine();
        await _months.RunAsync("--rows-per-file", "3");

        var run = await CommandLineRun.OfAsync("show", "--rows", "0", top, _months.Destination);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(
            "\nevent_name \\(2 values\\) +events +share\nGetObject +3 +75.0 %\n"
            + (names == 1 ? "\n" : "ConsoleLogin +1 +25.0 %\n\n"),
            run.Output);
        Assert.Matches("\nevent_source \\(1 value\\) +events +share\ns3.amazonaws.com +4 +100.0 %\n", run.Output);
        Assert.Matches("\nerror_code \\(1 value\\) +events +share\nAccessDenied +1 +25.0 %\n", run.Output);
        Assert.Matches(
            "\ncaller \\(1 value\\) +events +share\narn:aws:iam::111122223333:user/alice +4 +100.0 %\n", run.Output);
        Assert.Contains(
            "\nEvents per day (UTC)\n"
            + "  2024-01-31            1  █████████████████████████\n"
            + "  2024-02-01            2  ██████████████████████████████████████████████████\n"
            + "  2024-02-02            1  █████████████████████████\n",
            run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("row 1", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_is_one_object()
    {
        _months.WithEveryKindOfLine();
        await _months.RunAsync();

        var run = await ShowAsync("--json", "--top=1", _months.Destination);

        using var document = JsonDocument.Parse(run.Output);
        var file = document.RootElement.GetProperty("files")[0];
        Assert.Equal((4, "00"), (file.GetProperty("rows").GetInt32(), file.GetProperty("uri").GetString()![^10..^8]));
        Assert.Equal(
            EventSchema.Columns.Select(column => column.Name),
            file.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()));
        Assert.Equal(
            """{"of":"event_name","values":2,"uncounted":0,"most":[{"value":"GetObject","count":3}]}""",
            document.RootElement.GetProperty("activity").GetProperty("top")[0].GetRawText());
        Assert.Equal(
            """{"day":"2024-01-31","count":1}""",
            document.RootElement.GetProperty("activity").GetProperty("days")[0].GetRawText());
    }

    [Fact]
    public async Task Files_of_other_tools_are_shown_as_far_as_they_go()
    {
        _months.WithEveryKindOfLine();
        await _months.RunAsync();
        string other = Path.Combine(_months.Destination, "other.parquet");
        Sql.Rows($"""
            COPY (SELECT 'a' AS event_name, 1.5::DOUBLE AS number, 7::INT AS small,
                         {SqlText("\e[2J")} AS "name{"\e"}[2J", TIMESTAMP '2024-02-01 01:02:03.5' AS event_time,
                         [1, 2] AS list, {SqlText("""{"userName":"bob"}""")}::BLOB AS user_identity,
                         DATE '2024-02-01' AS day, NULL::INT AS nothing)
            TO {SqlText(other)} (FORMAT parquet)
            """);

        var run = await ShowAsync("--top", other);
        var both = await ShowAsync(_months.Destination);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Matches(
            "\nrow 1 +value\nevent_name +a\nnumber +1.5\nsmall +7\nname\\\\u001b\\[2J +\\\\u001b\\[2J\n"
            + "event_time +2024-02-01 01:02:03.5\nuser_identity +\\{\"userName\":\"bob\"\\}\nday +",
            run.Output);
        Assert.Matches("\ncaller \\(1 value\\) +events +share\nbob +1 ", run.Output);
        Assert.Contains("  2024-02-01            1  █", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Missing from a file, or of another type in it: event_source, error_code.", run.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            $"Not counted above, because its columns differ: {other} (event_name string, number double, small ",
            both.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no Parquet file at all")]
    [InlineData("")]
    public async Task What_is_no_Parquet_file_is_named(string text)
    {
        string file = _months.Write("x.parquet", text);

        var run = await ShowAsync(file);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(
            $"error: {file} cannot be read as a Parquet file: ", Assert.Single(run.ErrorLines),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        _months.WithEveryKindOfLine();

        var file = await ShowAsync(_months.Parquet);
        var directory = await ShowAsync(_months.Source);

        Assert.Equal(
            (1, $"error: {_months.Parquet}: there is no such file. Correct its name."),
            (file.ExitCode, Assert.Single(file.ErrorLines)));
        Assert.Equal(1, directory.ExitCode);
        Assert.Equal(
            $"error: {_months.Source}: there is no file below it whose name ends in .parquet. "
            + "Correct the directory or prefix.",
            Assert.Single(directory.ErrorLines));
    }

    [Fact]
    public async Task Callers_of_a_file_without_the_column_are_counted_by_user_identity()
    {
        _months.WithEveryKindOfLine();
        await _months.RunAsync();
        string older = Path.Combine(Path.GetDirectoryName(_months.Parquet)!, "000001.parquet");
        string derived = string.Join(", ", EventSchema.DerivedColumns.Select(column => column.Name));
        Sql.Rows($"""
            COPY (SELECT * EXCLUDE ({derived}) FROM {SqlText(_months.Parquet)}) TO {SqlText(older)} (FORMAT parquet)
            """);

        var run = await ShowAsync("--top", _months.Destination);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(
            "\ncaller \\(1 value\\) +events +share\narn:aws:iam::111122223333:user/alice +8 +100.0 %\n", run.Output);
        Assert.DoesNotContain("Missing from a file", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_are_those_of_the_column_where_the_file_has_it()
    {
        string file = Path.Combine(_months.Source, "callers.parquet");
        Directory.CreateDirectory(_months.Source);
        Sql.Rows($"""
            COPY (SELECT unnest(['a', 'a', NULL, '']) AS caller, {SqlText("""{"arn":"b"}""")} AS user_identity)
            TO {SqlText(file)} (FORMAT parquet)
            """);

        var run = await ShowAsync("--top", file);

        Assert.Matches("\ncaller \\(1 value\\) +events +share\na +2 +50.0 %\n", run.Output);
    }

    [Fact]
    public async Task A_file_with_neither_column_has_no_callers()
    {
        string file = Path.Combine(_months.Source, "names.parquet");
        Directory.CreateDirectory(_months.Source);
        Sql.Rows($"COPY (SELECT 'a' AS event_name) TO {SqlText(file)} (FORMAT parquet)");

        var run = await ShowAsync("--top", file);

        Assert.Contains(
            "Missing from a file, or of another type in it: event_source, error_code, caller, event_time.", run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Values_beyond_what_memory_is_meant_for_are_counted_together()
    {
        var top = new TopValues();
        for (int value = 0; value <= TopValues.MaxValues; value++)
        {
            top.Add($"{value}");
        }

        top.Add("1");

        Assert.Equal((TopValues.MaxValues, 1L), (top.Values, top.Uncounted));
        Assert.Equal([new ValueCount("1", 2), new ValueCount("0", 1)], top.MostFrequent(2));
    }

    [Fact]
    public void Many_days_are_drawn_as_months_and_far_ones_are_told_apart()
    {
        var first = new DateOnly(2023, 1, 1);

        string year = Drawn([.. Enumerable.Range(0, 365).Select(day => new DayCount(first.AddDays(day), 10))]);
        var epoch = new DateOnly(1970, 1, 1);
        string stray = Drawn(
            [new DayCount(epoch, 1), new DayCount(first, 1_000), new DayCount(first.AddDays(2), 500)]);

        Assert.StartsWith("Events per month (UTC)\n  2023-01          310  ████", year, StringComparison.Ordinal);
        Assert.Equal(13, year.TrimEnd('\n').Split('\n').Length);
        Assert.Equal(
            "Events per day (UTC)\n  1970-01-01            1  ▏\n  (19,357 days without any)\n"
            + $"  2023-01-01        1,000  {new string('█', 50)}\n"
            + $"  2023-01-02            0\n  2023-01-03          500  {new string('█', 25)}\n",
            stray);
    }

    private static string Drawn(IReadOnlyList<DayCount> days)
    {
        var text = new StringWriter { NewLine = "\n" };
        DayChart.Write(text, days);
        return text.ToString();
    }

    private static string SqlText(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static Task<CommandLineRun> ShowAsync(params string[] arguments) =>
        CommandLineRun.OfAsync(["show", .. arguments]);
}
