using ParquetSharp;
using ParquetSharp.Schema;

namespace CloudTrailAggregation.Benchmarks.Layouts;

/// <summary>Writes a Parquet file's rows again in another layout, a column at a time.</summary>
internal sealed class Rewrite : IDisposable
{
    private readonly ParquetFileReader _source;
    private readonly FileLayout _layout;

    private Rewrite(string source, FileLayout layout)
    {
        _source = new ParquetFileReader(source);
        _layout = layout;
    }

    /// <summary>Writes the columns of the layout into another file.</summary>
    public static void Of(string source, string target, FileLayout layout)
    {
        using var rewrite = new Rewrite(source, layout);
        rewrite.To(target);
    }

    public void Dispose() => _source.Dispose();

    private void To(string target)
    {
        using var properties = _layout.Properties();
        using var schema = Schema();
        using var writer = new ParquetFileWriter(target, schema, properties);
        ColumnCursor[] columns =
            [.. Enumerable.Range(0, _layout.Columns).Select(column => ColumnCursor.Of(_source, column))];
        long rows = _source.FileMetaData.NumRows;
        for (long written = 0; written < rows; written += _layout.RowGroupRows)
        {
            long groupRows = Math.Min(_layout.RowGroupRows, rows - written);
            using var rowGroup = writer.AppendRowGroup();
            foreach (var column in columns)
            {
                using var to = rowGroup.NextColumn();
                column.Copy(to, groupRows);
                to.Close();
            }

            rowGroup.Close();
        }

        Array.ForEach(columns, column => column.Dispose());
        writer.Close();
    }

    private GroupNode Schema()
    {
        using var root = _source.FileMetaData.Schema.GroupNode;
        return new GroupNode("schema", Repetition.Required, [.. root.Fields.Take(_layout.Columns)]);
    }
}
