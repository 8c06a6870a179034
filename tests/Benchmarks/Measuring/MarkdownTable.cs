using System.Text;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>
/// A table in Markdown whose columns are also aligned as text. The first column is text, the rest are figures.
/// </summary>
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
            var cells = _rows[row].Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
            if (row == 0)
            {
                var rules = widths.Select((width, column) =>
                    column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":");
                text.Append('|').AppendJoin('|', rules).Append("|\n");
            }
        }

        return text.ToString();
    }
}
