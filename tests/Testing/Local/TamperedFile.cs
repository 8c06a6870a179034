using CloudTrailAggregation.Events;
using ParquetSharp;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>A Parquet file like the tool's own, but with these rows.</summary>
internal static class TamperedFile
{
    /// <param name="rows">Values by column: null, string, bool, or long (milliseconds since 1970).</param>
    /// <param name="metadata">Its key-value metadata.</param>
    /// <param name="columns">Its columns; the tool's by default.</param>
    public static byte[] Of(
        IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, IReadOnlyDictionary<string, string> metadata,
        EventColumn[]? columns = null)
    {
        columns ??= EventSchema.Columns;
        using var file = new MemoryStream();
        using (var writer = new ParquetFileWriter(
            file, Array.ConvertAll(columns, ColumnOf), keyValueMetadata: metadata, leaveOpen: true))
        {
            using (var group = writer.AppendRowGroup())
            {
                foreach (var column in columns)
                {
                    Write(group.NextColumn(), column.Kind, rows.Select(row => row[column.Name]));
                }
            }

            writer.Close();
        }

        return file.ToArray();
    }

    private static Column ColumnOf(EventColumn column) => column.Kind switch
    {
        ColumnKind.Timestamp => new Column<DateTime?>(
            column.Name, LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Millis)),
        ColumnKind.Boolean => new Column<bool?>(column.Name),
        _ => new Column<string?>(column.Name),
    };

    private static void Write(ColumnWriter column, ColumnKind kind, IEnumerable<object?> values)
    {
        switch (kind)
        {
            case ColumnKind.Timestamp:
                using (var times = column.LogicalWriter<DateTime?>())
                {
                    times.WriteBatch([.. values.Select(value => value is long milliseconds
                        ? DateTime.UnixEpoch.AddMilliseconds(milliseconds)
                        : (DateTime?)null)]);
                }

                break;
            case ColumnKind.Boolean:
                using (var booleans = column.LogicalWriter<bool?>())
                {
                    booleans.WriteBatch([.. values.Cast<bool?>()]);
                }

                break;
            default:
                using (var texts = column.LogicalWriter<string?>())
                {
                    texts.WriteBatch([.. values.Cast<string?>()]);
                }

                break;
        }
    }
}
