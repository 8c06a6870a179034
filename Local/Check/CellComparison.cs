using System.Globalization;
using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Whether a cell is what its column makes of a value of the source.</summary>
internal static class CellComparison
{
    private const int MaxTimeBytes = 32;

    /// <param name="value">The value, JSON, not null.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">The column, not other_fields.</param>
    /// <param name="isExact">
    /// Whether the cell alone must give the value back; otherwise other_fields does, and the cell is what can be read of it.
    /// </param>
    public static bool Agrees(ReadOnlySpan<byte> value, ParquetRows row, int column, bool isExact)
    {
        var kind = EventSchema.Columns[column].Kind;
        if (kind == ColumnKind.Json)
        {
            return !row.IsNull(column) && row.Bytes(column).SequenceEqual(value);
        }

        bool isString = value[0] == '"';
        bool isWhole = true;
        var text = !isString ? value
            : !value.Contains((byte)'\\') ? value[1..^1]
            : Encoding.UTF8.GetBytes(JsonString.Unescape(value[1..^1], out isWhole));
        return kind switch
        {
            ColumnKind.Text => !row.IsNull(column) && (!isExact || (isString && isWhole)) && row.Bytes(column).SequenceEqual(text),
            ColumnKind.Timestamp when isExact => isString && TimeIs(text, row, column),
            ColumnKind.Timestamp => TimeReads(text, row, column),
            _ => BooleanIs(text, row, column) && (!isExact || (!isString && !row.IsNull(column))),
        };
    }

    /// <summary>Whether the time, written as CloudTrail writes one, is the text.</summary>
    private static bool TimeIs(ReadOnlySpan<byte> text, ParquetRows row, int column)
    {
        Span<byte> written = stackalloc byte[MaxTimeBytes];
        return row.Time(column) is { } time
            && time.TryFormat(written, out int length, time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            && text.SequenceEqual(written[..length]);
    }

    /// <summary>Other ways to write a time are the reader's own to understand: other_fields has the text itself.</summary>
    private static bool TimeReads(ReadOnlySpan<byte> text, ParquetRows row, int column) =>
        EventTime.TryRead(text, out long milliseconds, out _)
            ? !row.IsNull(column) && row.Number(column) == milliseconds
            : row.IsNull(column);

    private static bool BooleanIs(ReadOnlySpan<byte> text, ParquetRows row, int column) =>
        Ascii.EqualsIgnoreCase(text, "true"u8) ? !row.IsNull(column) && row.Number(column) == 1
        : Ascii.EqualsIgnoreCase(text, "false"u8) ? !row.IsNull(column) && row.Number(column) == 0
        : row.IsNull(column);
}
