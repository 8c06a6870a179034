using System.Text.RegularExpressions;

namespace CloudTrailAggregation.Tests.Docs;

/// <summary>A Markdown file with its links and its headings' anchors, as GitHub makes them.</summary>
internal sealed partial class MarkdownPage(string path)
{
    /// <summary>The text without code, because code may contain what looks like a link or a heading.</summary>
    private readonly string _prose = FencedCode().Replace(File.ReadAllText(path), "");

    /// <summary>The files that the links lead to, as full paths.</summary>
    public IEnumerable<string> LinkedFiles => RelativeLinks.Select(FileOf);

    /// <summary>The relative links whose file or heading does not exist.</summary>
    public IEnumerable<string> DeadLinks => RelativeLinks.Where(link => !Exists(link));

    private IEnumerable<string> RelativeLinks =>
        Link().Matches(InlineCode().Replace(_prose, "")).Select(match => match.Groups["target"].Value)
            .Where(target => !Uri.TryCreate(target, UriKind.Absolute, out _));

    private IEnumerable<string> Anchors =>
        Heading().Matches(_prose).Select(match => Anchor(match.Groups["text"].Value))
            .GroupBy(anchor => anchor, StringComparer.Ordinal)
            .SelectMany(same => same.Select((anchor, i) => i == 0 ? anchor : $"{anchor}-{i}"));

    private static string Anchor(string heading) =>
        NotInAnchor().Replace(LinkTarget().Replace(heading, ""), "").Replace(' ', '-').ToLowerInvariant();

    private bool Exists(string link)
    {
        string file = FileOf(link);
        int hash = link.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? Path.Exists(file)
            : File.Exists(file) && new MarkdownPage(file).Anchors.Contains(link[(hash + 1)..], StringComparer.Ordinal);
    }

    private string FileOf(string link)
    {
        string file = link.Split('#')[0];
        return file.Length == 0
            ? Path.GetFullPath(path)
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, file));
    }

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline, 5_000)]
    private static partial Regex FencedCode();

    [GeneratedRegex(@"`[^`\n]+`", RegexOptions.None, 5_000)]
    private static partial Regex InlineCode();

    /// <summary>[text](target), or a line [name]: target.</summary>
    [GeneratedRegex(
        @"(\]\(|^\[[^\]\n]+\]: )(?<target>[^)\s]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\([^)]*\)", RegexOptions.None, 5_000)]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"^#+ +(?<text>.+?) *$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 5_000)]
    private static partial Regex NotInAnchor();
}
