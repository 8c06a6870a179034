using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Show;

/// <summary>Prints the details of Parquet files for people.</summary>
internal sealed class ShowText(TextWriter output)
{
    private const int MaxValueCharacters = 160;

    public void WriteFiles(IReadOnlyList<FileDetails> files)
    {
        var table = new TextTable("file", ">rows", ">row groups", ">bytes", ">per row");
        foreach (var file in files)
        {
            table.Add(
                file.Uri, $"{file.Rows:N0}", $"{file.RowGroups.Count:N0}", Quantity.Bytes(file.Bytes),
                file.Rows == 0 ? "-" : Quantity.Bytes((double)file.Bytes / file.Rows));
        }

        table.Write(output);
        output.WriteLine();
    }

    /// <summary>
    /// The columns of the first file, summed over all files with the same columns. Files with different columns are
    /// named.
    /// </summary>
    public void WriteColumns(IReadOnlyList<FileDetails> files)
    {
        var first = files[0];
        var alike = files.Where(file => HaveSameColumns(file, first)).ToList();
        var columns = alike.Select(file => file.Columns)
            .Aggregate((sum, next) => [.. sum.Zip(next, (total, column) => total.And(column))]);
        long all = Math.Max(1, columns.Sum(column => column.CompressedBytes));
        var table = new TextTable("column", "type", ">bytes", ">share", ">uncompressed", "codec", "encodings");
        foreach (var column in columns)
        {
            table.Add(
                Bounded(column.Name), column.Type, Quantity.Bytes(column.CompressedBytes),
                $"{100.0 * column.CompressedBytes / all:N1} %", Quantity.Bytes(column.UncompressedBytes),
                string.Join(' ', column.Codecs).ToLowerInvariant(), string.Join(' ', column.Encodings));
        }

        table.Write(output);
        output.WriteLine();
        foreach (var different in files.Except(alike))
        {
            var names = different.Columns.Select(column => SingleLine.Escaped(Bounded($"{column.Name} {column.Type}")));
            output.WriteLine(
                $"Not counted above, because its columns differ: {SingleLine.Escaped(different.Uri)} "
                + $"({string.Join(", ", names)})");
            output.WriteLine();
        }
    }

    public void WriteRowGroups(FileDetails file)
    {
        var table = new TextTable(">row group", ">rows", ">bytes", ">uncompressed");
        foreach (var (number, group) in file.RowGroups.Index())
        {
            table.Add(
                $"{number}", $"{group.Rows:N0}",
                Quantity.Bytes(group.CompressedBytes), Quantity.Bytes(group.UncompressedBytes));
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

    /// <summary>The first rows, one line for each value that is not NULL.</summary>
    public void WriteRows(ParquetTable table, int max)
    {
        int[] columns =
            [.. Enumerable.Range(0, table.Columns.Count).Where(column => !table.Columns[column].IsRepeated)];
        using var rows = table.ReadRows(columns);
        while (rows.Row < max && rows.MoveNext())
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
                output.WriteLine(
                    $"(Not counted: {Quantity.Of(top.Uncounted, "event")}, because their values came after the first "
                    + $"{TopValues.MaxValues:N0} different values.)");
            }

            output.WriteLine();
        }

        if (activity.Days.Count > 0)
        {
            DayChart.Write(output, activity.Days);
        }

        if (activity.Missing.Count > 0)
        {
            output.WriteLine($"Missing from a file, or of another type in it: {string.Join(", ", activity.Missing)}.");
        }
    }

    private static bool HaveSameColumns(FileDetails left, FileDetails right) =>
        left.Columns.Select(column => (column.Name, column.Type))
            .SequenceEqual(right.Columns.Select(column => (column.Name, column.Type)));

    /// <summary>At most the first 160 characters of a text, without half a surrogate pair at the end.</summary>
    private static string Bounded(string text)
    {
        if (text.Length <= MaxValueCharacters)
        {
            return text;
        }

        bool cutsPair = char.IsHighSurrogate(text[MaxValueCharacters - 1]);
        return text[..(cutsPair ? MaxValueCharacters - 1 : MaxValueCharacters)] + "…";
    }
}
