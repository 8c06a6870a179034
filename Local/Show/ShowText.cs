using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Show;

/// <summary>What was found in the files, for people.</summary>
internal sealed class ShowText(TextWriter output)
{
    private const int MaxValueCharacters = 160;

    public void WriteFiles(IReadOnlyList<FileDetails> files)
    {
        var table = new TextTable("file", ">rows", ">row groups", ">bytes", ">in a row");
        foreach (var file in files)
        {
            table.Add(file.Uri, $"{file.Rows:N0}", $"{file.RowGroups.Count:N0}", Quantity.Bytes(file.Bytes), file.Rows == 0 ? "-" : Quantity.Bytes((double)file.Bytes / file.Rows));
        }

        table.Write(output);
        output.WriteLine();
    }

    /// <summary>The columns of all files, which have the same; the others are named.</summary>
    public void WriteColumns(IReadOnlyList<FileDetails> files)
    {
        var first = files[0];
        var alike = files.Where(file => SameColumns(file, first)).ToList();
        var columns = alike.Select(file => file.Columns).Aggregate((sum, more) => [.. sum.Zip(more, (one, other) => one.And(other))]);
        long all = Math.Max(1, columns.Sum(column => column.CompressedBytes));
        var table = new TextTable("column", "type", ">bytes", ">share", ">uncompressed", "codec", "encodings");
        foreach (var column in columns)
        {
            table.Add(
                Bounded(column.Name), column.Type, Quantity.Bytes(column.CompressedBytes), $"{100.0 * column.CompressedBytes / all:N1} %", Quantity.Bytes(column.UncompressedBytes),
                string.Join(' ', column.Codecs).ToLowerInvariant(), string.Join(' ', column.Encodings));
        }

        table.Write(output);
        output.WriteLine();
        foreach (var other in files.Except(alike))
        {
            output.WriteLine($"Left out above, with other columns: {SingleLine.Escaped(other.Uri)} ({string.Join(", ", other.Columns.Select(column => SingleLine.Escaped(Bounded($"{column.Name} {column.Type}"))))})");
            output.WriteLine();
        }
    }

    public void WriteRowGroups(FileDetails file)
    {
        var table = new TextTable(">row group", ">rows", ">bytes", ">uncompressed");
        foreach (var (number, group) in file.RowGroups.Index())
        {
            table.Add($"{number}", $"{group.Rows:N0}", Quantity.Bytes(group.CompressedBytes), Quantity.Bytes(group.UncompressedBytes));
        }

        table.Write(output);
        output.WriteLine();
    }

    public void WriteMetadata(FileDetails file)
    {
        var table = new TextTable("metadata", "value");
        table.Add("created by", Bounded(file.CreatedBy ?? ""));
        foreach (var (key, value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            table.Add(Bounded(key), Bounded(value));
        }

        table.Write(output);
        output.WriteLine();
    }

    /// <summary>The first rows, a line for each value that there is.</summary>
    public void WriteRows(ParquetTable table, int most)
    {
        int[] columns = [.. Enumerable.Range(0, table.Columns.Count).Where(column => !table.Columns[column].IsRepeated)];
        using var rows = table.ReadRows(columns);
        while (rows.Row < most && rows.MoveNext())
        {
            var row = new TextTable($"row {rows.Row:N0}", "value");
            for (int at = 0; at < columns.Length; at++)
            {
                if (!rows.IsNull(at))
                {
                    row.Add(Bounded(table.Columns[columns[at]].Name), Bounded(rows.Text(at)));
                }
            }

            row.Write(output);
            output.WriteLine();
        }
    }

    public void WriteActivity(ActivityDetails activity)
    {
        foreach (var top in activity.Top.Where(top => top.Most.Count > 0))
        {
            var table = new TextTable($"{top.Of} ({Quantity.Of(top.Values, "value")})", ">events", ">share");
            foreach (var (value, count) in top.Most)
            {
                table.Add(Bounded(value), $"{count:N0}", $"{100.0 * count / activity.Rows:N1} %");
            }

            table.Write(output);
            if (top.Uncounted > 0)
            {
                output.WriteLine($"({Quantity.Of(top.Uncounted, "event")} with values that came later than the first {TopValues.MaxValues:N0} different ones are not counted.)");
            }

            output.WriteLine();
        }

        if (activity.Days.Count > 0)
        {
            DayChart.Write(output, activity.Days);
        }

        if (activity.Missing.Count > 0)
        {
            output.WriteLine($"Not in every file, or of another type there: {string.Join(", ", activity.Missing)}.");
        }
    }

    private static bool SameColumns(FileDetails one, FileDetails other) =>
        one.Columns.Select(column => (column.Name, column.Type)).SequenceEqual(other.Columns.Select(column => (column.Name, column.Type)));

    /// <summary>Not too long, and no half of a surrogate pair at the end.</summary>
    private static string Bounded(string text) =>
        text.Length <= MaxValueCharacters ? text : text[..(MaxValueCharacters - (char.IsHighSurrogate(text[MaxValueCharacters - 1]) ? 1 : 0))] + "…";
}
