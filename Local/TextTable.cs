using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Aligned columns as plain text, to read, copy and search; the terminal's width does not matter. Cells are text from
/// outside and therefore escaped, so that they cannot control the terminal.
/// </summary>
/// <param name="headings">
/// One for each column. A column of numbers has '&gt;' before its heading and is aligned to the right.
/// </param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimStart('>'))]];

    public void Add(params string[] cells) => _rows.Add(Array.ConvertAll(cells, SingleLine.Escaped));

    public void Write(TextWriter output, string indent = "")
    {
        int[] widths = [.. headings.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            var cells = row.Select((cell, column) =>
                headings[column].StartsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine((indent + string.Join("  ", cells)).TrimEnd());
        }
    }
}
