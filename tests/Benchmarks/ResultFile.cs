using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>A result in Markdown: machine and versions, then tables with the commands that produced them.</summary>
internal sealed class ResultFile
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Name, BarChart Chart)> _charts = [];

    /// <param name="title">The heading.</param>
    /// <param name="arguments">The arguments of the command; the result shows those that change a figure.</param>
    /// <param name="method">How the figures were measured, in one line.</param>
    public ResultFile(string title, ParseResult arguments, string method)
    {
        Paragraph($"# {title}");
        Paragraph(
            $"{Machine.Description}- `dotnet run -c Release --project tests/Benchmarks -- {CommandLine(arguments)}`\n"
            + $"- {method}");
    }

    /// <summary>The command and its options, without --cache and --results.</summary>
    private static string CommandLine(ParseResult arguments)
    {
        var options = arguments.CommandResult.Children.OfType<OptionResult>()
            .Where(option => !option.Implicit && option.Option.Name is not ("--cache" or "--results"))
            .Select(option => string.Join(' ', option.Tokens.Select(token => token.Value).Prepend(option.Option.Name)));
        return string.Join(' ', options.Prepend(arguments.CommandResult.Command.Name))
            .Replace(Places.Repository + "/", "", StringComparison.Ordinal);
    }

    public void Paragraph(string text) => _text.Append(text).Append("\n\n");

    public void Heading(SourceMonth month) =>
        Paragraph(string.Create(
            CultureInfo.InvariantCulture, $"## {month.Description}, {month.PackedBytes / 1e6:N0} MB packed"));

    public void Table(MarkdownTable table) => _text.Append(table).Append('\n');

    /// <summary>Shows a chart, which is written to a file of its own beside the result.</summary>
    public void Chart(string name, BarChart chart)
    {
        _charts.Add((name, chart));
        Paragraph($"![{chart.Title}]({name})");
    }

    public void Commands(IEnumerable<Contestant> contestants, string cache) =>
        Paragraph($"```sh\n{string.Join('\n', contestants.Select(contestant => contestant.Shown(cache)))}\n```");

    /// <summary>Writes the result and its charts to files, and the result to stdout.</summary>
    public void WriteTo(DirectoryInfo directory, string name)
    {
        directory.Create();
        string text = _text.ToString().TrimEnd('\n') + "\n";
        File.WriteAllText(Path.Combine(directory.FullName, name), text);
        foreach (var (chartName, chart) in _charts)
        {
            File.WriteAllText(Path.Combine(directory.FullName, chartName), chart.ToString());
        }

        Console.Out.Write(text);
    }
}
