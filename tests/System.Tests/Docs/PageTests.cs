using System.Text.RegularExpressions;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Docs;

/// <summary>The README is short, each page of docs/ has one question and is linked, and no link is dead.</summary>
public sealed partial class PageTests
{
    private static readonly string Readme = Repository.File("README.md");

    /// <summary>What builds and package managers leave in the tree.</summary>
    private static readonly string[] BuiltFolders =
        ["bin", "obj", "out", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static TheoryData<string> DocsPages() => [.. FilesIn("docs", "*.md")];

    public static TheoryData<string> AllPages() =>
        ["README.md", "CONTRIBUTING.md", .. FilesIn("docs", "*.md"), .. FilesIn("tests", "*.md")];

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_relative_link_leads_to_a_file_or_heading(string page) =>
        Assert.Empty(new MarkdownPage(Repository.File(page)).DeadLinks);

    [Theory]
    [MemberData(nameof(DocsPages))]
    public void Every_page_of_docs_is_linked_from_the_README(string page) =>
        Assert.Contains(Repository.File(page), new MarkdownPage(Readme).LinkedFiles);

    [Theory]
    [MemberData(nameof(DocsPages))]
    public void Every_page_of_docs_says_first_which_question_it_answers(string page)
    {
        string[] lines = File.ReadAllLines(Repository.File(page));

        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Equal("", lines[1]);
        Assert.Matches(@"^This page answers: .+\?$", lines[2]);
    }

    [Theory]
    [MemberData(nameof(DocsPages))]
    public void A_page_of_docs_has_at_most_250_lines(string page) =>
        Assert.InRange(File.ReadAllLines(Repository.File(page)).Length, 1, 250);

    [Fact]
    public void The_README_has_at_most_200_lines() => Assert.InRange(File.ReadAllLines(Readme).Length, 1, 200);

    [Fact]
    public void Every_page_that_code_and_scripts_name_exists()
    {
        string[] files =
        [
            .. FilesIn("", "*.cs"), .. FilesIn("", "*.sh"), .. FilesIn("", "*.yml"), .. FilesIn("", "*.ddl"),
            .. FilesIn("", "*.sql"),
        ];

        string[] named = [.. files.SelectMany(file => NamedPage().Matches(File.ReadAllText(Repository.File(file))))
            .Select(match => match.Value)];

        Assert.Contains("docs/deploy.md", named);
        Assert.All(named, page => Assert.True(File.Exists(Repository.File(page)), page));
    }

    [Fact]
    public void Dead_links_are_found_and_living_ones_are_not()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["folder"]);
        File.WriteAllText(
            directory["other.md"],
            "# Other page\n## Costs, per `GB`: [now](page.md)\n## Twice\n## Twice\n```sh\n# no heading\n```\n");
        File.WriteAllText(directory["page.md"], """
            # This page
            [file](other.md) [folder](folder/) [site](https://example.com/none.md) [`code`](other.md#costs-per-gb-now)
            [own](#this-page) [second](other.md#twice-1) `[in code](none-1.md)`
            ```
            [in a block](none-2.md)
            ```
            [file](none.md) [own](#none) [theirs](other.md#none) [code](other.md#no-heading) [third](other.md#twice-2)
            [`x`](none/)
            [name]: none-3.md
            """);

        var dead = new MarkdownPage(directory["page.md"]).DeadLinks;

        Assert.Equal(
            ["none.md", "#none", "other.md#none", "other.md#no-heading", "other.md#twice-2", "none/", "none-3.md"],
            dead);
    }

    private static IEnumerable<string> FilesIn(string folder, string pattern) =>
        Directory.EnumerateFiles(Repository.File(folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar)
                .Any(name => name.StartsWith('.') || BuiltFolders.Contains(name, StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal);

    /// <summary>A page of docs/ in this repository, and not one in the URL of another repository.</summary>
    [GeneratedRegex(@"(?<![\w/.-])docs/[\w-]+\.md", RegexOptions.None, 5_000)]
    private static partial Regex NamedPage();
}
