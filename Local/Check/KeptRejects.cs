using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The rejects in a month's reject files, in order. A reject in base64 may have any length and is never held whole.
/// </summary>
internal sealed class KeptRejects(IObjectStore store, IReadOnlyList<StoredObject> files) : IAsyncDisposable
{
    /// <summary>A reject kept as text is at most 16 MiB long; each of its bytes may be written as six.</summary>
    private const int MaxTextBytes = 6 * (16 << 20);

    /// <summary>The maximum after the last base64 character: quote, brace, CR and newline.</summary>
    private const int MaxEndBytes = 4;

    private const string WayOut = "Run aggregate again: it writes the reject file anew.";

    private readonly Queue<RejectedRecord> _lines = new();
    private readonly ArrayBufferWriter<byte> _value = new();
    private SourceText? _file;
    private SourceLines? _reader;
    private RecordHash? _hash;
    private bool _isBase64;
    private int _opened;

    /// <summary>The next reject; null at the end.</summary>
    /// <exception cref="DifferenceException">A line of the file is not a kept reject.</exception>
    public async Task<RejectedRecord?> NextAsync(CancellationToken cancellation)
    {
        while (_lines.Count == 0)
        {
            if (_reader is not null && await ReadAsync(_reader, cancellation))
            {
                ReadPiece(_reader);
            }
            else if (!await OpenNextAsync(cancellation))
            {
                return null;
            }
        }

        return _lines.Dequeue();
    }

    public async ValueTask DisposeAsync()
    {
        _hash?.Dispose();
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    private string Uri => store.UriOf(files[_opened - 1].Key);

    private async Task<bool> OpenNextAsync(CancellationToken cancellation)
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
            _file = null;
        }

        if (_opened == files.Count)
        {
            return false;
        }

        var file = files[_opened++];
        _file = new SourceText(await store.OpenAsync(file, cancellation), Uri);
        _reader = new SourceLines(new SourceBuffer(_file));
        return true;
    }

    private async ValueTask<bool> ReadAsync(SourceLines lines, CancellationToken cancellation)
    {
        try
        {
            return await lines.ReadAsync(cancellation);
        }
        catch (DamagedObjectException damage)
        {
            throw new DifferenceException($"{Uri}, line {lines.LineNumber}: it cannot be unpacked. {WayOut}", damage);
        }
    }

    private void ReadPiece(SourceLines lines)
    {
        if (_hash is null && lines.EndsLine && !lines.Text.ContainsAnyExcept(" \t\r"u8))
        {
            return;
        }

        Add(lines.Text, lines.LineNumber);
        lines.Consume(lines.Text.Length);
        if (lines.EndsLine)
        {
            End(lines.LineNumber);
        }
    }

    private void Add(ReadOnlySpan<byte> fragment, long number)
    {
        if (_hash is null)
        {
            fragment = Start(fragment, number);
        }

        _value.Write(fragment);
        if (_isBase64)
        {
            HashBase64((_value.WrittenCount - MaxEndBytes) / 4 * 4, number);
        }
        else if (_value.WrittenCount > MaxTextBytes)
        {
            throw NotReject(number);
        }
    }

    /// <summary>
    /// Reads up to the value, which is the last member: an earlier member has no unescaped quote in it.
    /// </summary>
    private ReadOnlySpan<byte> Start(ReadOnlySpan<byte> line, long number)
    {
        ReadOnlySpan<byte> textMember = ",\"text\":\""u8;
        ReadOnlySpan<byte> base64Member = ",\"base64\":\""u8;
        int text = line.IndexOf(textMember);
        int base64 = line.IndexOf(base64Member);
        _isBase64 = base64 >= 0 && (text < 0 || base64 < text);
        int end = _isBase64 ? base64 : text;
        try
        {
            using var start = JsonDocument.Parse(Encoding.UTF8.GetString(line[..Math.Max(end, 0)]) + "}");
            var members = start.RootElement;
            bool inContainer = members.TryGetProperty("record"u8, out var position);
            position = inContainer ? position : members.GetProperty("line"u8);
            _hash = new RecordHash(
                members.GetProperty("source"u8).GetString()!, new SourcePosition(position.GetInt64(), inContainer));
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw NotReject(number);
        }

        return line[(end + (_isBase64 ? base64Member.Length : textMember.Length))..];
    }

    private void End(long number)
    {
        var value = _value.WrittenSpan.TrimEnd("\r\n"u8);
        if (!value.EndsWith("\"}"u8))
        {
            throw NotReject(number);
        }

        if (_isBase64)
        {
            HashBase64(value.Length - 2, number);
        }
        else
        {
            _hash!.Add(Encoding.UTF8.GetBytes(JsonString.Unescape(value[..^2], out _)));
        }

        _lines.Enqueue(_hash!.End());
        _hash.Dispose();
        _hash = null;
        _value.ResetWrittenCount();
    }

    private void HashBase64(int characters, long number)
    {
        if (characters <= 0)
        {
            return;
        }

        var value = _value.WrittenSpan;
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(characters)];
        if (Base64.DecodeFromUtf8(value[..characters], bytes, out _, out int written) != OperationStatus.Done)
        {
            throw NotReject(number);
        }

        _hash!.Add(bytes.AsSpan(0, written));
        byte[] rest = value[characters..].ToArray();
        _value.ResetWrittenCount();
        _value.Write(rest);
    }

    private DifferenceException NotReject(long number) =>
        new($"{Uri}, line {number}: it is not a reject as this tool keeps it. {WayOut}");
}
