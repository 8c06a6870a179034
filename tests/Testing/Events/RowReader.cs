using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;
using Xunit;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>
/// Reads lines into rows of a value for each column: null, string, long (milliseconds) or bool, by the column's name.
/// One reader reads all lines, so that what an event leaves behind shows in the next row.
/// </summary>
internal sealed unsafe class RowReader : IDisposable
{
    /// <summary>
    /// Follows the line, as the next line does in a chunk. It closes everything that a truncated line left open, so a
    /// reader that goes past the end of its line accepts too much.
    /// </summary>
    private static readonly byte[] NextLine = Encoding.UTF8.GetBytes("\n\"}]}:\"\\\\0]}]}]}]}]}]}]}]}]}\"}\"}\"}\"}\n");

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Chunk _chunk = new();
    private readonly EventReader _reader = new();

    /// <summary>Why the line was refused, with the place in it.</summary>
    public string Error { get; private set; } = "";

    public IReadOnlyDictionary<string, object?> Read(string line) => Read(Encoding.UTF8.GetBytes(line));

    public IReadOnlyDictionary<string, object?> Read(ReadOnlySpan<byte> line)
    {
        var row = TryRead(line);
        Assert.True(row is not null, $"Refused ({Error}): {Encoding.UTF8.GetString(line)}");
        return row;
    }

    /// <returns>Null if the line is refused.</returns>
    public IReadOnlyDictionary<string, object?>? TryRead(ReadOnlySpan<byte> line) => Accepts(line) ? Row() : null;

    public bool Accepts(ReadOnlySpan<byte> line)
    {
        _chunk.Clear();
        _chunk.Append(line);
        _chunk.Append(NextLine);
        fixed (byte* start = _chunk.Text)
        {
            byte* first = JsonScanner.SkipWhite(start);
            byte* end = _reader.TryRead(first, start + line.Length, _chunk.Arena);
            Error = end == null && _reader.ErrorAt == null ? _reader.Error
                : end == null ? $"{_reader.Error} (byte {_reader.ErrorAt - start + 1})"
                : JsonScanner.SkipWhite(end) < start + line.Length
                    ? $"is not one JSON object: something follows it (byte {end - start + 1})"
                : "";
            return Error.Length == 0;
        }
    }

    public void Dispose() => _chunk.Dispose();

    private Dictionary<string, object?> Row()
    {
        var row = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int column = 0; column < EventSchema.Columns.Length; column++)
        {
            bool present = (_reader.Present >> column & 1) != 0;
            row[EventSchema.Columns[column].Name] =
                present ? Value(_reader.Fields[column], EventSchema.Columns[column].Kind) : null;
        }

        return row;
    }

    private static object Value(EventField field, ColumnKind kind) => kind switch
    {
        ColumnKind.Timestamp => field.Value,
        ColumnKind.Boolean => field.Value != 0,
        _ => Strict.GetString(field.Text, (int)field.Value),
    };
}
