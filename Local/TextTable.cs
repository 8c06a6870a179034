using CloudTrailAggregation.Ground;
namespace CloudTrailAggregation.Local;

/// <summary>
/// Aligned columns as plain text, whatever the width of the terminal: to be read, copied and searched. The last column
/// is not padded. A cell is text from outside, which the terminal is not to obey.
/// </summary>
/// <param name="headings">One for each column; one that starts with '&gt;' is for numbers, aligned to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimStart('>'))]];

    public void Add(params string[] cells) => _rows.Add(Array.ConvertAll(cells, SingleLine.Escaped));

    public void Write(TextWriter output, string indent = "")
    {
        int[] widths = [.. headings.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            var cells = row.Select((cell, column) => headings[column].StartsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine((indent + string.Join("  ", cells)).TrimEnd());
        }
    }
}
