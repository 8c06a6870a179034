using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Tests.Local;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CloudTrailAggregation.Tests.Security;

/// <summary>Text in the source can forge neither a log line nor terminal output.</summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class ForgedOutputTests : IDisposable
{
    /// <summary>A line break, a log line, erase screen, C1 controls, separators, and a change of direction.</summary>
    private const string Forged =
        "\n{\"level\":\"Critical\",\"message\":\"forged\"}\r\n\e[2J\e]0;title\a\u009b31m\u0085\u2028\u2029\u202Egpj";

    private readonly Months _months = new();
    private readonly MemoryStream _output = new();

    public void Dispose()
    {
        _months.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task Keys_make_no_lines_in_the_log_and_no_commands_in_messages()
    {
        _months.Write($"2024/02/01/a{Forged}.txt", "ignored");
        _months.Write("2024/02/01/a.ndjson", Months.Event(1));
        var answer = await AnswerAsync();
        string damaged = _months.Write($"2024/02/01/b{Forged}.ndjson.gz", Months.Event(2));
        await File.WriteAllBytesAsync(
            damaged, (await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken))[..^9],
            TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<AggregationException>(AnswerAsync);

        Assert.EndsWith(
            Forged + ".txt",
            answer.GetProperty("months")[0].GetProperty("ignoredKeys").GetProperty("first")[0].GetString(),
            StringComparison.Ordinal);
        Assert.Contains(
            """b\u000a{"level":"Critical","message":"forged"}\u000d\u000a\u001b[2J\u001b]0;title\u0007\u009b31m\u0085\u2028\u2029\u202egpj.ndjson.gz: it is truncated""",
            failure.Message, StringComparison.Ordinal);
        string log = Encoding.UTF8.GetString(_output.ToArray());
        Assert.DoesNotContain(log, letter => letter != '\n' && char.IsControl(letter));
        var lines = LogLines.Parse(_output);
        Assert.DoesNotContain(lines, line => LogLines.Text(line, "level") == "Critical");
        Assert.Single(lines, line => LogLines.Text(line, "reason") == failure.Message);
    }

    [Fact]
    public async Task Keys_are_no_commands_for_the_terminal()
    {
        _months.Write("2024/02/01/a.ndjson", Months.Event(1));
        _months.Write($"2024/02/01/a{Forged}.txt", "ignored");
        var written = await _months.RunAsync();
        File.WriteAllText(_months.Write($"2024/02/01/b{Forged}.ndjson.gz"), "no gzip");

        var failed = await _months.RunAsync();
        var verbose = await _months.RunAsync("--verbose");

        Assert.Contains(
            "1 other file ignored, not named as a source (DD/*.ndjson or *.json, also with .gz): "
            + """2024/02/01/a\u000a{"level":"Critical",""",
            written.Output, StringComparison.Ordinal);
        Assert.Contains("\\u001b[2J", Assert.Single(failed.ErrorLines), StringComparison.Ordinal);
        Assert.All([written, failed, verbose], run => Assert.DoesNotContain(
            run.Output + run.Error,
            letter => letter != '\n' && (char.IsControl(letter) || letter is '\u2028' or '\u202E')));
    }

    [Fact]
    public async Task Text_of_events_is_neither_logged_nor_answered_at_any_level()
    {
        const string Secret = "hunter2-in-a-request";
        _months.Write(
            "2024/02/01/a.ndjson",
            $$$"""{"eventID":"1","eventTime":"{{{Secret}}}","requestParameters":{"password":"{{{Secret}}}"},"{{{Secret}}}":1}""",
            $"{Months.Event(1)} {Secret}");

        var answer = await AnswerAsync();

        Assert.Equal(1, answer.GetProperty("months")[0].GetProperty("rejects").GetInt64());
        Assert.DoesNotContain(Secret, answer.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Encoding.UTF8.GetString(_output.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"#":1}""")]
    [InlineData("""{"source":"#"}""")]
    public async Task A_triggers_text_is_quoted_no_longer_than_80_characters(string trigger)
    {
        var refused = await Assert.ThrowsAsync<AggregationException>(
            () => AnswerAsync(trigger.Replace("#", new string('x', 100_000), StringComparison.Ordinal)));

        Assert.Contains(new string('x', 80), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 81), refused.Message, StringComparison.Ordinal);
        Assert.InRange(_output.Length, 1, 8_000);
    }

    private Task<JsonElement> AnswerAsync() => AnswerAsync("""{"month":"2024-02"}""");

    private async Task<JsonElement> AnswerAsync(string trigger)
    {
        var settings = new Settings
        {
            SourceBucket = "",
            SourcePrefix = "",
            DestinationBucket = "",
            DestinationPrefix = "",
            LogLevel = LogLevel.Trace,
        };
        var handler = new Handler(
            settings, new DirectoryStore(_months.Source), new DirectoryStore(_months.Destination), TimeProvider.System,
            _output);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(trigger));
        using var answer = await handler.HandleAsync(body, new FakeContext());
        return (await JsonDocument.ParseAsync(
            answer, cancellationToken: TestContext.Current.CancellationToken)).RootElement;
    }
}
