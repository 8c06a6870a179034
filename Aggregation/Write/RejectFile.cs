using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Writes the records that are not events, verbatim: gzipped lines of <c>{"source","line","error","text"}</c>, with
/// <c>"record"</c> instead of <c>"line"</c> for an element of a container, and <c>"base64"</c> instead of <c>"text"</c>
/// where the record is not UTF-8 or is longer than the maximum. The file is staged at the first reject.
/// </summary>
internal sealed class RejectFile(IObjectStore destination, Unit unit, CancellationToken cancellation) : IAsyncDisposable
{
    private const int MaxQuoted = 3;
    private const int ExcerptBytes = 80;

    private static readonly JsonWriterOptions JsonOptions = ReadableJson.Writer with { SkipValidation = true };

    private readonly List<string> _first = [];

    // Utf8JsonWriter.Flush also flushes its stream, and each flush makes a gzip stream larger. So it writes into a
    // buffer.
    private readonly ArrayBufferWriter<byte> _written = new();
    private GzippedBytes? _gzipped;
    private GZipStream? _gzip;
    private Utf8JsonWriter? _json;

    /// <summary>The staged file; null until the first reject.</summary>
    public IStagedObject? Staged { get; private set; }

    /// <summary>The bytes of the file so far; all of them after <see cref="Close"/>.</summary>
    public long Bytes => _gzipped?.Position ?? 0;

    /// <summary>
    /// The first three rejects for messages, each with object, position, error and the first 80 bytes.
    /// </summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Writes a whole record.</summary>
    public void Add(string sourceUri, in Record record, string error)
    {
        var json = StartReject(sourceUri, record.Position, error, record.Text);
        if (record.Length <= RecordFraming.MaxRecordBytes && Utf8.IsValid(record.Text))
        {
            json.WriteString("text"u8, record.Text);
        }
        else
        {
            json.WriteBase64String("base64"u8, record.Text);
        }

        EndReject();
    }

    /// <summary>Starts a record that is longer than the maximum; its fragments follow.</summary>
    public void StartLong(string sourceUri, RecordPosition position, ReadOnlySpan<byte> start)
    {
        var json = StartReject(sourceUri, position, EventBatch.TooLong, start);
        json.WritePropertyName("base64"u8);
    }

    /// <summary>Writes the next fragment of the record that <see cref="StartLong"/> started.</summary>
    public void AddFragment(ReadOnlySpan<byte> fragment, bool last)
    {
        _json!.WriteBase64StringSegment(fragment, last);
        if (last)
        {
            EndReject();
        }
        else
        {
            WriteThrough();
        }
    }

    /// <summary>Ends the file. Completing it is the next step.</summary>
    public void Close()
    {
        _json?.Dispose();
        _gzip?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (Staged is not null)
        {
            await Staged.DisposeAsync();
        }
    }

    private Utf8JsonWriter StartReject(
        string sourceUri, RecordPosition position, string error, ReadOnlySpan<byte> text)
    {
        if (_json is null)
        {
            Staged = destination.Stage(OutputKeys.Reject(unit, 0), "application/gzip", cancellation);
            _gzipped = new GzippedBytes(Staged.Content);
            _gzip = new GZipStream(_gzipped, CompressionLevel.Optimal, leaveOpen: true);
            _json = new Utf8JsonWriter(_written, JsonOptions);
        }

        if (_first.Count < MaxQuoted)
        {
            _first.Add($"{sourceUri}, {position}: {error}: {Excerpt(text)}");
        }

        _json.WriteStartObject();
        _json.WriteString("source"u8, sourceUri);
        _json.WriteNumber(position.Name, position.Number);
        _json.WriteString("error"u8, error);
        return _json;
    }

    private void EndReject()
    {
        _json!.WriteEndObject();
        WriteThrough();
        _gzip!.Write("\n"u8);
        _json.Reset();
    }

    private void WriteThrough()
    {
        _json!.Flush();
        _gzip!.Write(_written.WrittenSpan);
        _written.ResetWrittenCount();
    }

    /// <summary>The start of a record, escaped so that a terminal or log shows it as plain text on one line.</summary>
    private static string Excerpt(ReadOnlySpan<byte> text)
    {
        string start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, ExcerptBytes)]);
        return ReadableJson.Encoder.Encode(start) + (text.Length > ExcerptBytes ? " …" : "");
    }

    /// <summary>Counts the bytes on their way to the staged file.</summary>
    private sealed class GzippedBytes(Stream staged) : AppendStream
    {
        protected override void Append(ReadOnlySpan<byte> buffer) => staged.Write(buffer);
    }
}
