using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.SampleData;
using Xunit;

namespace CloudTrailAggregation.Tests.SampleData;

public sealed class SampleMonthTests : IDisposable
{
    private const string Command = "dotnet run --project tests/SampleData -- ";

    private static readonly SampleArguments Small = new(new DateOnly(2024, 2, 1), Events: 2000)
    {
        DuplicatesPercent = 3, LatePercent = 0.5m, BadLinesPercent = 0.6m,
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sample-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("cloudtrail_daily", "lines                   614")]
    [InlineData("trail", "records                 417")]
    public async Task The_command_in_the_note_makes_the_checked_in_data(string name, string counts)
    {
        string data = Repository.File("tests", "data");
        string[] note = await File.ReadAllLinesAsync(
            Path.Combine(data, "README.md"), TestContext.Current.CancellationToken);
        string path = $"tests/data/{name}";
        string command = note.Single(line => line.StartsWith(Command, StringComparison.Ordinal)
            && line.EndsWith(path, StringComparison.Ordinal));

        var (exitCode, output) = await RunAsync(
            command[Command.Length..].Replace(path, _directory.FullName, StringComparison.Ordinal).Split(' '));

        Assert.Equal(0, exitCode);
        Assert.Equal(Unpacked(Path.Combine(data, name)), Unpacked(_directory.FullName));
        Assert.Contains(counts, output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checked_in_data_is_small()
    {
        var files = new DirectoryInfo(Repository.File("tests", "data"))
            .EnumerateFiles("*", SearchOption.AllDirectories);

        Assert.InRange(files.Sum(file => file.Length), 50_000, 400_000);
    }

    [Fact]
    public void The_counts_are_as_asked()
    {
        var lines = new SampleMonth(Small).Lines().ToList();

        var counts = lines.CountBy(line => line.Kind).ToDictionary();
        Assert.Equal(2000, counts[SampleLineKind.Event]);
        Assert.Equal(60, counts[SampleLineKind.Duplicate]);
        Assert.Equal(12, counts[SampleLineKind.BadLine]);
        Assert.Equal(10, lines.Count(line => line.IsLate));
    }

    [Theory]
    [InlineData(JsonStyle.Stage1)]
    [InlineData(JsonStyle.Compact)]
    public void Every_event_is_one_JSON_object_with_an_id_of_its_own(JsonStyle style)
    {
        var events = new SampleMonth(Small with { Style = style }).Lines()
            .Where(line => line.Kind == SampleLineKind.Event).ToList();

        var ids = events.Select(line => Parse(line).GetProperty("eventID").GetString()).ToHashSet();
        Assert.Equal(events.Count, ids.Count);
        Assert.All(events, line => Assert.Equal(-1, line.Bytes.Span.IndexOf((byte)'\n')));
    }

    [Fact]
    public void The_two_styles_say_the_same()
    {
        var spaced = new SampleMonth(Small).Lines().ToList();
        var compact = new SampleMonth(Small with { Style = JsonStyle.Compact }).Lines().ToList();

        Assert.All(spaced.Zip(compact).Where(pair => pair.First.Kind == SampleLineKind.Event), pair =>
        {
            Assert.True(JsonElement.DeepEquals(Parse(pair.First), Parse(pair.Second)));
            Assert.True(Ascii.IsValid(pair.First.Bytes.Span));
            Assert.True(pair.First.Bytes.Length > pair.Second.Bytes.Length);
        });
        Assert.Contains(compact, line => line.Kind == SampleLineKind.Event && !Ascii.IsValid(line.Bytes.Span));
    }

    [Fact]
    public void Only_late_events_happened_in_another_month()
    {
        var lines = new SampleMonth(Small).Lines().Where(line => line.Kind == SampleLineKind.Event);

        Assert.All(lines, line =>
        {
            var time = Parse(line).GetProperty("eventTime").GetDateTime();
            Assert.Equal(line.IsLate, time < new DateTime(2024, 2, 1) || time >= new DateTime(2024, 3, 1));
            if (!line.IsLate)
            {
                Assert.InRange(
                    line.Day.ToDateTime(TimeOnly.MinValue).AddDays(1) - time, TimeSpan.Zero,
                    TimeSpan.FromMinutes(24 * 60 + 11));
            }
        });
    }

    [Fact]
    public void A_duplicate_equals_a_line_of_its_day_or_of_the_day_before()
    {
        var days = new SampleMonth(Small).Lines().GroupBy(line => line.Day)
            .ToDictionary(day => day.Key, day => day.ToList());
        int inNextDay = 0;

        foreach (var (day, lines) in days)
        {
            for (int i = 0; i < lines.Count; i++)
            {
                bool sameDay = lines.Take(i).Any(earlier => Same(earlier, lines[i]));
                bool dayBefore = days.GetValueOrDefault(day.AddDays(-1), []).Any(earlier => Same(earlier, lines[i]));
                Assert.Equal(lines[i].Kind == SampleLineKind.Duplicate, sameDay || dayBefore);
                inNextDay += dayBefore && !sameDay ? 1 : 0;
            }
        }

        Assert.InRange(inNextDay, 1, 10);
    }

    [Fact]
    public void No_bad_line_is_a_JSON_object_in_UTF8_and_no_two_are_equal()
    {
        var lines = new SampleMonth(Small with { BadLinesPercent = 5 }).Lines()
            .Where(line => line.Kind == SampleLineKind.BadLine).ToList();

        Assert.Equal(100, lines.Select(line => Convert.ToHexString(line.Bytes.Span)).Distinct().Count());
        Assert.All(lines, line => Assert.False(IsObjectInUtf8(line.Bytes)));
    }

    [Fact]
    public void A_month_has_every_kind_of_identity_and_the_rare_members()
    {
        var events = new SampleMonth(Small).Lines().Where(line => line.Kind == SampleLineKind.Event).Select(Parse)
            .ToList();

        string[] types = [.. events.Select(e => Text(e, "userIdentity", "type")).Distinct()
            .Order(StringComparer.Ordinal)];
        Assert.Equal(["", "AWSAccount", "AWSService", "AssumedRole", "IAMUser", "Root", "WebIdentityUser"], types);
        Assert.True(events.Select(e => (Text(e, "eventSource"), Text(e, "eventName"))).Distinct().Count() > 100);
        Assert.All(
            [
                "serviceEventDetails", "insightDetails", "tlsDetails", "vpcEndpointId", "sharedEventID", "apiVersion",
                "resources", "errorMessage",
            ],
            name => Assert.Contains(events, e => e.TryGetProperty(name, out _)));
        Assert.Contains(events, e => Text(e, "sessionCredentialFromConsole") == "true");
        Assert.Contains(events, e => Text(e, "additionalEventData", "MFAUsed") == "No");
        Assert.Contains(events, e => Text(e, "additionalEventData", "MFAUsed") == "Yes");
        Assert.Contains(events, e => Text(e, "requestParameters", "policyDocument")
            .Contains("\"Statement\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Equal_arguments_give_equal_files_whatever_the_threads()
    {
        string one = Path.Combine(_directory.FullName, "one");
        string four = Path.Combine(_directory.FullName, "four");

        var summary = new SampleMonth(Small).WriteTo(one, threads: 1);
        new SampleMonth(Small).WriteTo(four, threads: 4);

        Assert.Equal(Packed(one), Packed(four));
        Assert.Equal(summary.Files, Packed(one).Count);
        Assert.Equal(summary.PackedBytes, Packed(one).Values.Sum(hex => hex.Length / 2));
        Assert.Equal(summary.Bytes, Unpacked(one).Values.Sum(text => text.Length));
        Assert.Equal((2000, 60, 12, 10), (summary.Events, summary.Duplicates, summary.BadLines, summary.Late));
    }

    [Fact]
    public void Another_seed_gives_other_lines()
    {
        var lines = new SampleMonth(Small).Lines().Select(line => Convert.ToHexString(line.Bytes.Span)).ToHashSet();

        var others = new SampleMonth(Small with { Seed = 1 }).Lines()
            .Select(line => Convert.ToHexString(line.Bytes.Span));

        Assert.DoesNotContain(others, lines.Contains);
    }

    [Fact]
    public void A_month_can_end_after_its_first_days()
    {
        var days = new SampleMonth(Small with { Days = 3 }).Lines().CountBy(line => line.Day.Day).ToDictionary();

        Assert.Equal([1, 2, 3], days.Keys.Order());
        Assert.Equal(2072, days.Values.Sum());
    }

    [Fact]
    public void A_month_without_room_for_every_kind_and_an_empty_month_work()
    {
        Assert.Equal(5, new SampleMonth(Small with { Events = 5 }).Lines().Count());
        Assert.Empty(new SampleMonth(Small with { Events = 0 }).Lines());
    }

    [Fact]
    public void A_month_that_exists_is_not_overwritten()
    {
        new SampleMonth(Small with { Events = 5 }).WriteTo(_directory.FullName, threads: 1);

        var error = Assert.Throws<IOException>(() => new SampleMonth(Small).WriteTo(_directory.FullName, threads: 1));

        Assert.Contains(Path.Combine("2024", "02"), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--month 2024-13 --output {0}")]
    [InlineData("--month 2012-01 --output {0}")]
    [InlineData("--output {0}")]
    [InlineData("--month 2024-02 --output {0} --events -1")]
    [InlineData("--month 2024-02 --output {0} --late 101")]
    [InlineData("--month 2024-02 --output {0} --style python")]
    [InlineData("--month 2024-02 --output {0} --days 30")]
    [InlineData("--month 2024-02 --output {0} --accounts 2")]
    [InlineData("--month 2024-02 --output {0} --organization o-exampleorg1")]
    [InlineData("--month 2024-02 --output {0} --layout trail --style compact")]
    [InlineData("--month 2024-02 --output {0} --layout trail --organization o-short")]
    [InlineData("--month 2024-02 --output {0} --layout trail --accounts 0")]
    [InlineData("--month 2024-02 --output {0} --layout trail --regions 8")]
    [InlineData("--month 2024-02 --output {0} --layout trail --days 0")]
    public async Task Wrong_usage_exits_with_2_and_writes_nothing(string arguments)
    {
        string output = Path.Combine(_directory.FullName, "none");

        var (exitCode, _) = await RunAsync(arguments.Replace("{0}", output, StringComparison.Ordinal).Split(' '));

        Assert.Equal(2, exitCode);
        Assert.False(Directory.Exists(output));
    }

    private static JsonElement Parse(SampleLine line) => JsonDocument.Parse(line.Bytes).RootElement;

    private static bool Same(SampleLine left, SampleLine right) => left.Bytes.Span.SequenceEqual(right.Bytes.Span);

    private static string Text(JsonElement element, params string[] path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return "";
            }
        }

        return element.GetString() ?? "";
    }

    private static bool IsObjectInUtf8(ReadOnlyMemory<byte> line)
    {
        try
        {
            return System.Text.Unicode.Utf8.IsValid(line.Span)
                && JsonDocument.Parse(line).RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Latin-1, so that a text's length is its number of bytes. Compressed bytes may differ between versions of zlib.
    /// </summary>
    private static SortedDictionary<string, string> Unpacked(string directory) => Read(directory, path =>
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return Encoding.Latin1.GetString(bytes.ToArray());
    });

    private static SortedDictionary<string, string> Packed(string directory) =>
        Read(directory, path => Convert.ToHexString(File.ReadAllBytes(path)));

    private static SortedDictionary<string, string> Read(string directory, Func<string, string> read) => new(
        Directory.EnumerateFiles(directory, "*.gz", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(directory, path), read),
        StringComparer.Ordinal);

    private static Task<Command> RunAsync(string[] arguments) =>
        Tests.Command.RunAsync("dotnet", [typeof(SampleMonth).Assembly.Location, .. arguments]);
}
