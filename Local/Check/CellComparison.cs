using System.Globalization;
using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Compares a cell with the value of the source that it comes from.</summary>
internal static class CellComparison
{
    private const int MaxTimeBytes = 32;

    /// <param name="value">The value: JSON, not null.</param>
    /// <param name="row">The row of the cell.</param>
    /// <param name="column">The column of the cell, not other_fields.</param>
    /// <param name="isExact">
    /// Whether the value must be rebuilt from the cell alone. Otherwise other_fields has the value, and the cell has
    /// what the column's type can hold of it.
    /// </param>
    /// <returns>Whether the cell and the value agree.</returns>
    public static bool Agrees(ReadOnlySpan<byte> value, ParquetRows row, int column, bool isExact)
    {
        var kind = EventSchema.Columns[column].Kind;
        if (kind == ColumnKind.Json)
        {
            return !row.IsNull(column) && row.Bytes(column).SequenceEqual(value);
        }

        bool isString = value[0] == '"';
        bool isWhole = true;
        var text = isString ? JsonString.ToUtf8(value[1..^1], out isWhole) : value;
        return kind switch
        {
            ColumnKind.Text => !row.IsNull(column) && (!isExact || (isString && isWhole))
                && row.Bytes(column).SequenceEqual(text),
            ColumnKind.Timestamp when isExact => isString && TimeIsWrittenAs(text, row, column),
            ColumnKind.Timestamp => TimeIsReadFrom(text, row, column),
            _ => BooleanIsReadFrom(text, row, column) && (!isExact || (!isString && !row.IsNull(column))),
        };
    }

    /// <summary>Whether the cell's time, written in CloudTrail's format, is the text.</summary>
    private static bool TimeIsWrittenAs(ReadOnlySpan<byte> text, ParquetRows row, int column)
    {
        Span<byte> written = stackalloc byte[MaxTimeBytes];
        if (row.Time(column) is not { } time)
        {
            return false;
        }

        string format = time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return time.TryFormat(written, out int length, format, CultureInfo.InvariantCulture)
            && text.SequenceEqual(written[..length]);
    }

    /// <summary>
    /// Whether the cell is the time that the product's own reader finds in the text. Formats other than CloudTrail's
    /// are not checked independently, because other_fields has the text itself.
    /// </summary>
    private static bool TimeIsReadFrom(ReadOnlySpan<byte> text, ParquetRows row, int column) =>
        EventTime.TryRead(text, out long milliseconds, out _)
            ? !row.IsNull(column) && row.Number(column) == milliseconds
            : row.IsNull(column);

    private static bool BooleanIsReadFrom(ReadOnlySpan<byte> text, ParquetRows row, int column) =>
        Ascii.EqualsIgnoreCase(text, "true"u8) ? !row.IsNull(column) && row.Number(column) == 1
        : Ascii.EqualsIgnoreCase(text, "false"u8) ? !row.IsNull(column) && row.Number(column) == 0
        : row.IsNull(column);
}
