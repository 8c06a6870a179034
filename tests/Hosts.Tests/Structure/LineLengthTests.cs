using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Structure;

/// <summary>A line of C# has at most 120 columns, in the product and in the tests.</summary>
public sealed partial class LineLengthTests
{
    private const int MaxColumns = 120;

    /// <summary>Files with tables whose aligned rows are easier to compare on one line each.</summary>
    private static readonly string[] FilesWithTables = ["Aggregation/Events/EventSchema.cs"];

    public static TheoryData<string> Folders => ["Aggregation", "Function", "Layers", "Local", "tests"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_line_has_at_most_120_columns_unless_it_cannot_be_broken(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal))];

        string[] tooLong = [.. files.Except(FilesWithTables).SelectMany(path =>
            TooLong(File.ReadLines(Repository.File(path))).Select(number => $"{path}:{number}"))];

        Assert.NotEmpty(files);
        Assert.Empty(tooLong);
    }

    [Theory]
    [InlineData("    \"#\";")]
    [InlineData("    + @\"\\d \"\"#\"\"\",")]
    [InlineData("    $$\"\"\"{\"a\":\"{{b}}\",\"#\":1}\"\"\");")]
    [InlineData("    \"#\\\"\"u8;")]
    [InlineData("// https://docs.aws.amazon.com/#")]
    [InlineData("var text = \"\"\"\n    SELECT \"#\"\n    \"\"\";")]
    [InlineData("Command($\"\"\"\"\n    # \"\"\"\n    \"\"\"\");")]
    public void One_literal_or_one_address_may_be_longer(string code) =>
        Assert.Empty(TooLong(code.Replace("#", new string('x', MaxColumns), StringComparison.Ordinal).Split('\n')));

    [Theory]
    [InlineData("var text = \"#\";")]
    [InlineData("    \"a\", \"#\",")]
    [InlineData("    \"#\", 1);")]
    [InlineData("    $\"{x + \"#\"}\";")]
    [InlineData("// See https://docs.aws.amazon.com/#")]
    [InlineData("// #")]
    [InlineData("    \"\"\"a\"\"\", #);")]
    [InlineData("var text = \"\"\"\n    a\n    \"\"\" + #;")]
    [InlineData("    \"\"\"a\"\"\"\n    + #;")]
    public void Any_other_line_may_not(string code) =>
        Assert.NotEmpty(TooLong(code.Replace("#", new string('x', MaxColumns), StringComparison.Ordinal).Split('\n')));

    /// <summary>
    /// The numbers of the lines that are too long. The lines inside a raw string literal are left out, because a break
    /// would change the text.
    /// </summary>
    private static IEnumerable<int> TooLong(IEnumerable<string> lines)
    {
        string? end = null;
        foreach (var (index, line) in lines.Index())
        {
            bool isInside = end is not null && !line.TrimStart().StartsWith(end, StringComparison.Ordinal);
            if (isInside)
            {
                continue;
            }

            if (line.Length > MaxColumns && !Unbreakable().IsMatch(line))
            {
                yield return index + 1;
            }

            string code = end is null ? line : line[(line.IndexOf(end, StringComparison.Ordinal) + end.Length)..];
            code = RawLiteral().Replace(code, "");
            end = RawLiteralStart().Match(code) is { Success: true } start ? start.Groups["quotes"].Value : null;
        }
    }

    /// <summary>A string literal or an address, with nothing beside it but punctuation.</summary>
    [GeneratedRegex(
        """
        ^\s*(//\ https://\S+$|
        (\+\ |\?\ |:\ |=>\ |return\ )?
        (\$*"{3,}((?!"{3}).)+"{3,}|[$]?"([^"\\]|\\.)*"|[$]?@"([^"]|"")*")
        (u8)?[)\]},;]*$)
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Unbreakable();

    [GeneratedRegex(
        """
        "{3,}(?!").+?"{3,}
        """,
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex RawLiteral();

    /// <summary>The quotes at the end of a line that start a raw string literal.</summary>
    [GeneratedRegex("\\$*(?<quotes>\"{3,})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex RawLiteralStart();
}
