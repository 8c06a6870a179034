using System.Globalization;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Security;

/// <summary>
/// A terminal obeys nothing that a command prints: not in names of files, cells, names of columns, metadata, or errors.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class TerminalTextTests : IDisposable
{
    /// <summary>
    /// Erase screen, C1 controls, a change of direction, isolates, an invisible mark, a tag beyond the first plane.
    /// </summary>
    private const string Obeyed = "\e[2J\u009b31m\u202Egpj\u2066\u200B\uFEFF\u2028\U000E0041";

    private const string Escaped = """\u001b[2J\u009b31m\u202egpj\u2066\u200b\ufeff\u2028\udb40\udc41""";

    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Theory]
    [InlineData(Obeyed, Escaped)]
    [InlineData("😀 ü\t", "😀 ü\\u0009")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void What_a_terminal_obeys_is_escaped_and_nothing_else(string text, string escaped)
    {
        Assert.Equal(escaped, SingleLine.Escaped(text));
        Assert.Equal(escaped, SingleLine.Escaped(escaped));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_escaped() =>
        Assert.Equal("a\\ud83d \\ude00", SingleLine.Escaped("a" + (char)0xD83D + " " + (char)0xDE00));

    [Fact]
    public void JSON_on_one_line_keeps_its_meaning()
    {
        string json = JsonSerializer.Serialize(Obeyed, ReadableJson.Options);

        string escaped = SingleLine.Escaped(json);

        Assert.Contains('\u202E', json);
        Assert.DoesNotContain('\u202E', escaped);
        Assert.Equal(Obeyed, JsonSerializer.Deserialize<string>(escaped));
    }

    [Fact]
    public async Task Each_command_escapes_cells_names_and_errors()
    {
        _months.Write(
            "2024/02/01/a.ndjson", Months.Event(1, name: "Get\u202EObject\u009b31m", error: "x\U000E0041\u2066"));
        _months.Write($"2024/02/01/b{Obeyed}.txt", "ignored");
        string place = Path.Combine(_months.Destination, $"to{Obeyed}");
        string file = Path.Combine(place, "2024/02/000000.parquet");

        var written = await CommandLineRun.OfAsync(Aggregate(place));
        var report = await CommandLineRun.OfAsync([.. Aggregate(place), "--json"]);
        var check = await CommandLineRun.OfAsync(["check", .. Aggregate(place)[1..]]);
        var shown = await CommandLineRun.OfAsync("show", "--top", file);
        var json = await CommandLineRun.OfAsync("show", "--top", "--json", file);
        Sql.Rows(
            $"COPY (SELECT 'v{Obeyed}' AS \"column{Obeyed}\") TO "
            + $"'{Path.Combine(_months.Destination, "odd.parquet").Replace("'", "''", StringComparison.Ordinal)}' "
            + $"(FORMAT parquet, KV_METADATA {{key: 'm{Obeyed}'}})");
        var odd = await CommandLineRun.OfAsync("show", Path.Combine(_months.Destination, "odd.parquet"));
        var both = await CommandLineRun.OfAsync("show", _months.Destination);
        var missing = await CommandLineRun.OfAsync("show", file + ".parquet");
        var unknown = await CommandLineRun.OfAsync("show", file, $"--x{Obeyed}");
        var empty = await CommandLineRun.OfAsync([.. Aggregate(place)[..^1], "2023-12"]);
        _months.Write("2024/02/01/a.ndjson", Months.Event(1, name: "Get\u202EObjects\u009b31m"));
        var differs = await CommandLineRun.OfAsync(["check", .. Aggregate(place)[1..]]);

        CommandLineRun[] all = [written, report, check, shown, json, odd, both, missing, unknown, empty, differs];
        Assert.All(all, run => Assert.True(IsPlain(run.Output + run.Error), run.Output + run.Error));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 2, empty.ExitCode, 1], all.Select(run => run.ExitCode));
        Assert.All(
            (CommandLineRun[])[written, report, check, shown, json, odd, both, missing, differs],
            run => Assert.Contains("""\u202e""", run.Output + run.Error, StringComparison.Ordinal));
        Assert.Contains("""Get\u202eObject\u009b31m""", shown.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json.Output);
        var top = document.RootElement.GetProperty("activity").GetProperty("top")[0];
        Assert.Equal("Get\u202EObject\u009b31m", top.GetProperty("most")[0].GetProperty("value").GetString());
    }

    private string[] Aggregate(string place) =>
        ["aggregate", "--source", _months.Source, "--destination", place, "--month", "2024-02"];

    private static bool IsPlain(string text) => text.EnumerateRunes().All(letter =>
        letter.Value == '\n'
        || Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));

    private static class ReadableJson
    {
        public static JsonSerializerOptions Options { get; } =
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    }
}
