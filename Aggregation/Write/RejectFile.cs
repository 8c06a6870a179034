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
/// The records that are not events, verbatim: <c>{"source","line","error","text"}</c>, one a line, gzipped;
/// <c>"base64"</c> for <c>"text"</c> where the record is not UTF-8 or is too long to be held. Staged at the first reject.
/// </summary>
internal sealed class RejectFile(IObjectStore destination, Unit unit, CancellationToken cancellation) : IAsyncDisposable
{
    private const int QuotedRejects = 3;
    private const int ExcerptBytes = 80;

    private static readonly JsonWriterOptions JsonOptions = ReadableJson.Writer with { SkipValidation = true };

    private readonly List<string> _first = [];

    // The writer's own Flush would flush the stream as well, and a gzip stream pays for that with its size.
    private readonly ArrayBufferWriter<byte> _written = new();
    private GZipStream? _gzip;
    private Utf8JsonWriter? _json;

    /// <summary>The file, once there has been a reject.</summary>
    public IStagedObject? Staged { get; private set; }

    /// <summary>The first three rejects, each with object, line, error and how the record starts.</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Keeps a whole record.</summary>
    public void Add(string sourceUri, in Record record, string error)
    {
        var json = Begin(sourceUri, record.LineNumber, error, record.Text);
        if (record.Length <= RecordFraming.MaxRecordBytes && Utf8.IsValid(record.Text))
        {
            json.WriteString("text"u8, record.Text);
        }
        else
        {
            json.WriteBase64String("base64"u8, record.Text);
        }

        End();
    }

    /// <summary>Begins to keep a record that is too long to be held; its fragments follow.</summary>
    public void BeginLong(string sourceUri, long lineNumber, ReadOnlySpan<byte> start)
    {
        var json = Begin(sourceUri, lineNumber, EventBatch.TooLong, start);
        json.WritePropertyName("base64"u8);
    }

    /// <summary>Keeps the next fragment of such a record.</summary>
    public void AddFragment(ReadOnlySpan<byte> fragment, bool last)
    {
        _json!.WriteBase64StringSegment(fragment, last);
        if (last)
        {
            End();
        }
        else
        {
            PassOn();
        }
    }

    /// <summary>Ends the file; only completing it is left.</summary>
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

    private Utf8JsonWriter Begin(string sourceUri, long lineNumber, string error, ReadOnlySpan<byte> text)
    {
        if (_json is null)
        {
            Staged = destination.Stage(OutputKeys.Reject(unit, 0), "application/gzip", cancellation);
            _gzip = new GZipStream(Staged.Content, CompressionLevel.Optimal, leaveOpen: true);
            _json = new Utf8JsonWriter(_written, JsonOptions);
        }

        if (_first.Count < QuotedRejects)
        {
            _first.Add($"{sourceUri}, line {lineNumber}: {error}: {Excerpt(text)}");
        }

        _json.WriteStartObject();
        _json.WriteString("source"u8, sourceUri);
        _json.WriteNumber("line"u8, lineNumber);
        _json.WriteString("error"u8, error);
        return _json;
    }

    private void End()
    {
        _json!.WriteEndObject();
        PassOn();
        _gzip!.Write("\n"u8);
        _json.Reset();
    }

    private void PassOn()
    {
        _json!.Flush();
        _gzip!.Write(_written.WrittenSpan);
        _written.ResetWrittenCount();
    }

    /// <summary>How a record starts, on one line and without anything a terminal or log would obey.</summary>
    private static string Excerpt(ReadOnlySpan<byte> text)
    {
        string start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, ExcerptBytes)]);
        return ReadableJson.Encoder.Encode(start) + (text.Length > ExcerptBytes ? " …" : "");
    }
}
