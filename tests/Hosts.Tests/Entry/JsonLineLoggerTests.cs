using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

public sealed class JsonLineLoggerTests : IDisposable
{
    private static readonly FakeTime Time = new(new DateTimeOffset(2024, 3, 1, 6, 0, 0, 70, TimeSpan.FromHours(2)));

    private readonly MemoryStream _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_line_has_the_members_that_Lambda_knows_and_those_of_the_method()
    {
        Log.Progress(Logger(LogLevel.Debug), "2024-02", 3, 29, 1234567890123);

        Assert.Equal(
            """{"timestamp":"2024-03-01T04:00:00.070Z","level":"Debug","requestId":"id-1","message":"2024-02: """
            + """3 of 29 files read, 1234567890123 events","month":"2024-02","filesRead":3,"files":29,"""
            + "\"events\":1234567890123}\n",
            Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public void A_report_stands_in_its_line_as_JSON()
    {
        Log.MonthDone(Logger(), "2024-02", "", 600, 614, new RawJson("""{"events":600}"""));

        Assert.Equal(600, Assert.Single(Lines()).GetProperty("report").GetProperty("events").GetInt32());
    }

    [Theory]
    [InlineData(LogLevel.Trace, 3)]
    [InlineData(LogLevel.Information, 2)]
    [InlineData(LogLevel.Warning, 1)]
    [InlineData(LogLevel.Error, 1)]
    [InlineData(LogLevel.Critical, 0)]
    public void Lines_below_the_level_are_left_out(LogLevel level, int lines)
    {
        var logger = Logger(level);

        Log.Progress(logger, "2024-02", 1, 2, 3);
        Log.MonthBegins(logger, "2024-02");
        Log.EventRefused(logger, "because");

        Assert.Equal(lines, Lines().Count);
    }

    [Theory]
    [InlineData("\n{\"level\":\"Critical\",\"message\":\"forged\"}\n")]
    [InlineData("\r\n2024-03-01T00:00:00Z forged")]
    [InlineData("\u2028\u2029\u0085\u000b\u000c\0\u001b[31m")]
    [InlineData("\",\"level\":\"Critical\",\"x\":\"")]
    [InlineData("\ud800 half a pair")]
    public void No_text_of_an_event_makes_a_line_or_a_member_of_its_own(string text)
    {
        Log.EventRefused(Logger(), $"\"{text}\" is not known");

        string written = Encoding.UTF8.GetString(_output.ToArray());
        var line = Assert.Single(Lines());
        Assert.Single(written.Split(
            ['\n', '\r', '\u2028', '\u2029', '\u0085', '\v', '\f'], StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain('\u001b', written);
        Assert.Equal(
            ["timestamp", "level", "requestId", "message", "reason"],
            line.EnumerateObject().Select(member => member.Name));
        Assert.Equal("Error", LogLines.Text(line, "level"));
        Assert.Equal($"\"{text.Replace('\ud800', '\ufffd')}\" is not known", LogLines.Text(line, "reason"));
    }

    [Fact]
    public void An_exception_is_a_member_of_the_line_with_its_causes()
    {
        Log.MonthFailed(Logger(), new AggregationException("outer", new IOException("inner")), "2024-02", "outer");

        string? exception = LogLines.Text(Assert.Single(Lines()), "exception");
        Assert.Contains("AggregationException: outer", exception, StringComparison.Ordinal);
        Assert.Contains("IOException: inner", exception, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_an_invocation_there_is_no_request_id()
    {
        Log.CannotStart(
            new JsonLineLogger(_output, LogLevel.Information, Time, requestId: null), new AggregationException("no"),
            "no");

        Assert.False(Assert.Single(Lines()).TryGetProperty("requestId", out _));
    }

    [Fact]
    public void Lines_of_several_threads_stay_whole()
    {
        using var slow = new OneByteWrites(_output);
        var logger = new JsonLineLogger(slow, LogLevel.Information, Time, "id-1");

        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 50; i++)
            {
                Log.MonthBegins(logger, $"{thread}");
            }
        });

        Assert.Equal(
            400, Lines().Count(line => LogLines.Text(line, "message")!.EndsWith(" begins", StringComparison.Ordinal)));
    }

    private JsonLineLogger Logger(LogLevel level = LogLevel.Information) => new(_output, level, Time, "id-1");

    private List<JsonElement> Lines() => LogLines.Parse(_output);

    /// <summary>Writes slowly, so that two concurrent writes would mix.</summary>
    private sealed class OneByteWrites(MemoryStream inner) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (byte value in buffer)
            {
                inner.WriteByte(value);
                Thread.Yield();
            }
        }
    }
}
