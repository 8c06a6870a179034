using System.Text;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>A table in Markdown that is aligned as text as well; the first column is text, the others are figures.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        int[] widths = [.. header.Select((_, column) => _rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        for (int row = 0; row < _rows.Count; row++)
        {
            text.Append("| " + string.Join(" | ", _rows[row].Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |").Append('\n');
            if (row == 0)
            {
                text.Append("|" + string.Join("|", widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":")) + "|").Append('\n');
            }
        }

        return text.ToString();
    }
}
