using System.Globalization;
using System.Security;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>A bar of a chart.</summary>
/// <param name="Label">What it stands for.</param>
/// <param name="Value">Its length, from 0.</param>
internal readonly record struct Bar(string Label, double Value)
{
    /// <summary>Whether it stands for this tool, which the chart shows in color.</summary>
    public bool IsOurs => Label.StartsWith("this", StringComparison.Ordinal)
        || Label.StartsWith("the function", StringComparison.Ordinal)
        || Label.StartsWith("the terminal tool", StringComparison.Ordinal);
}

/// <summary>
/// Horizontal bars as SVG, in panels with a scale each. The picture has its own background, so that it is legible on a
/// light and on a dark page, also where the page's theme is not the reader's.
/// </summary>
/// <param name="title">What the chart shows, for those who cannot see it.</param>
internal sealed class BarChart(string title)
{
    private const int Width = 800;
    private const int Margin = 16;
    private const int BarStart = 244;
    private const int BarEnd = 710;
    private const int RowHeight = 26;
    private const int BarHeight = 16;
    private const int HeadingHeight = 40;

    /// <summary>From the top of a bar to the line on which its text stands.</summary>
    private const int TextDown = 13;

    private const string Style = """
        <style>
        text { font: 14px system-ui, sans-serif; fill: #1f2328 }
        .heading { font-weight: 600 }
        .label { text-anchor: end }
        .page { fill: #ffffff; stroke: #d1d9e0 }
        .bar { fill: #a3adb8 }
        .ours { fill: #0969da }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .page { fill: #0d1117; stroke: #3d444d }
        .bar { fill: #59636e }
        .ours { fill: #4493f8 }
        }
        </style>
        """;

    private readonly StringBuilder _panels = new();
    private int _height = Margin;

    public string Title => title;

    /// <summary>Adds a panel; its longest bar has the panel's whole width.</summary>
    /// <param name="heading">What its bars measure, with the unit.</param>
    /// <param name="bars">The bars from the top.</param>
    /// <param name="digits">The digits after the point of a value.</param>
    public void Panel(string heading, IReadOnlyList<Bar> bars, int digits)
    {
        double longest = bars.Max(bar => bar.Value);
        Text("heading", Margin, _height + TextDown, heading);
        _height += HeadingHeight - Margin;
        foreach (var bar in bars)
        {
            int length = Math.Max(1, (int)Math.Round((BarEnd - BarStart) * bar.Value / longest));
            Text("label", BarStart - 8, _height + TextDown, bar.Label);
            string kind = bar.IsOurs ? "bar ours" : "bar";
            _panels.Append(CultureInfo.InvariantCulture, $"""
                <rect class="{kind}" x="{BarStart}" y="{_height}" width="{length}" height="{BarHeight}"/>

                """);
            string value = bar.Value.ToString($"N{digits}", CultureInfo.InvariantCulture);
            Text("value", BarStart + length + 6, _height + TextDown, value);
            _height += RowHeight;
        }

        _height += Margin;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        <svg xmlns="http://www.w3.org/2000/svg" role="img"
            width="{Width}" height="{_height}" viewBox="0 0 {Width} {_height}">
        <title>{SecurityElement.Escape(title)}</title>
        {Style}
        <rect class="page" x="0.5" y="0.5" width="{Width - 1}" height="{_height - 1}" rx="6"/>
        {_panels}</svg>

        """);

    private void Text(string kind, int x, int y, string text) => _panels.Append(
        CultureInfo.InvariantCulture,
        $"<text class=\"{kind}\" x=\"{x}\" y=\"{y}\">{SecurityElement.Escape(text)}</text>\n");
}
