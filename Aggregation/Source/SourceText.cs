using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>
/// The text of one object, gunzipped when its first two bytes say gzip (RFC 1952), unchanged otherwise. Gzip in gzip, which
/// uploaders make that compress what is compressed already, is gunzipped twice.
/// Async refill, synchronous read: call <see cref="TryRead"/> until it returns false, then <see cref="RefillAsync"/>.
/// </summary>
/// <remarks>
/// GZipStream reads a truncated file, and stray bytes after the last member, without complaint. So the members are
/// framed here, the deflate data between header and trailer goes through DeflateStream, and length and CRC-32 are checked here.
/// </remarks>
public sealed class SourceText : IAsyncDisposable
{
    /// <summary>Bytes asked of the source at a time.</summary>
    public const int BlockSizeBytes = 1 << 20;

    private const int TrailerBytes = 8;

    /// <summary>How often an object is gunzipped at most.</summary>
    private const int MaxDepth = 2;

    private readonly Stream _source;
    private readonly int _depth;
    private readonly DeflateInput _input = new();
    private readonly Crc32 _crc = new();
    private DeflateStream? _inflate;
    private State _state = State.Start;
    private bool _sourceEnded;
    private bool _hasText;
    private uint _memberBytes;
    private SourceText? _inner;

    /// <param name="source">The stored bytes; disposed with this.</param>
    /// <param name="uri">Names the object in errors; a name that ends in .gz promises gzip.</param>
    public SourceText(Stream source, string uri)
        : this(source, uri, depth: 1)
    {
    }

    private SourceText(Stream source, string uri, int depth)
    {
        _source = source;
        Uri = uri;
        _depth = depth;
    }

    private enum State { Start, Plain, Header, Body, Trailer, BetweenMembers, End }

    /// <summary>The object, as errors name it.</summary>
    public string Uri { get; }

    /// <summary>Reads text that is already here.</summary>
    /// <returns>False: call <see cref="RefillAsync"/> first. True with no bytes: the end of the file.</returns>
    /// <exception cref="AggregationException">The file is damaged, truncated or has stray bytes at its end.</exception>
    public bool TryRead(Span<byte> destination, out int bytesRead)
    {
        if (_inner is not null)
        {
            return _inner.TryRead(destination, out bytesRead);
        }

        if (!TryUnpack(destination, out bytesRead))
        {
            return false;
        }

        // A control character, with which no text begins.
        if (!_hasText && bytesRead > 0 && destination[0] == GzipHeader.Start[0])
        {
            _inner = Inner(destination[..bytesRead]);
            return _inner.TryRead(destination, out bytesRead);
        }

        _hasText |= bytesRead > 0;
        return true;
    }

    private bool TryUnpack(Span<byte> destination, out int bytesRead)
    {
        bytesRead = 0;
        while (true)
        {
            bool refill = _state switch
            {
                State.Start => !TrySniff(),
                State.Plain => !TryCopy(destination, out bytesRead),
                State.Header => !TryStartMember(),
                State.Body => !TryInflate(destination, out bytesRead),
                State.Trailer => !TryEndMember(),
                State.BetweenMembers => !TryFindNextMember(),
                _ => false,
            };
            if (refill)
            {
                return false;
            }

            if (bytesRead > 0 || _state == State.End)
            {
                return true;
            }
        }
    }

    /// <summary>Waits for the next block of stored bytes.</summary>
    public ValueTask RefillAsync(CancellationToken cancellation) => (_inner ?? this).RefillOwnAsync(cancellation);

    private async ValueTask RefillOwnAsync(CancellationToken cancellation)
    {
        var room = _input.MakeRoom(BlockSizeBytes);
        int read = await _source.ReadAsync(room, cancellation);
        _input.Added(read);
        _sourceEnded = read == 0;
    }

    /// <summary>Frees its buffers and disposes the stored bytes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_inner is not null)
        {
            await _inner.DisposeAsync();
        }

        if (_inflate is not null)
        {
            await _inflate.DisposeAsync();
        }

        await _input.DisposeAsync();
        await _source.DisposeAsync();
    }

    private SourceText Inner(ReadOnlySpan<byte> start) => _depth < MaxDepth
        ? new SourceText(new UnpackedText(this, start.ToArray()), Uri, _depth + 1)
        : throw Damaged($"is gzip within gzip, more than {MaxDepth} times");

    private bool TrySniff()
    {
        var text = _input.Unread;
        if (text.Length < 2 && !_sourceEnded)
        {
            return false;
        }

        if (GzipHeader.IsNext(text))
        {
            _state = State.Header;
            return true;
        }

        if (text.Length == 1 && text[0] == GzipHeader.Start[0])
        {
            throw Truncated();
        }

        if (Uri.EndsWith(".gz", StringComparison.Ordinal) && !LooksLikeNdjson(text, out bool undecided))
        {
            return undecided && !_sourceEnded
                ? false
                : throw Damaged("is named .gz, but holds neither gzip nor NDJSON");
        }

        _state = State.Plain;
        return true;
    }

    private bool TryCopy(Span<byte> destination, out int bytesRead)
    {
        bytesRead = _input.Read(destination);
        _input.Handed = _input.Next;
        if (bytesRead == 0 && _sourceEnded)
        {
            _state = State.End;
        }

        return bytesRead > 0 || _sourceEnded;
    }

    private bool TryStartMember()
    {
        switch (GzipHeader.Read(_input.Unread, out int headerBytes))
        {
            case GzipHeader.Result.Whole:
                _input.Skip(headerBytes);
                _input.Handed = _input.Next;
                _input.ByteByByte = true;
                _inflate = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
                _crc.Reset();
                _memberBytes = 0;
                _state = State.Body;
                return true;
            case GzipHeader.Result.Incomplete when !_sourceEnded:
                return false;
            case GzipHeader.Result.Incomplete:
                throw Truncated();
            default:
                throw Damaged("is damaged: a gzip header is not valid");
        }
    }

    private bool TryInflate(Span<byte> destination, out int bytesRead)
    {
        _input.Starved = false;
        try
        {
            bytesRead = _inflate!.Read(destination);
        }
        catch (InvalidDataException broken)
        {
            throw Damaged("is damaged: its gzip data cannot be unpacked", broken);
        }

        if (bytesRead > 0)
        {
            _crc.Append(destination[..bytesRead]);
            _memberBytes += (uint)bytesRead;
            _input.ByteByByte = false;
        }
        else if (!_input.Starved)
        {
            _inflate.Dispose();
            _state = State.Trailer;
        }
        else if (_sourceEnded)
        {
            throw Truncated();
        }

        return bytesRead > 0 || !_input.Starved;
    }

    /// <summary>
    /// DeflateStream reads ahead and does not tell how far the deflate data went: it ended somewhere in the last piece
    /// it was handed, after that one's first byte, where the trailer, which is known by now (CRC-32 and length), must stand.
    /// </summary>
    private bool TryEndMember()
    {
        if (_input.Unread.Length < TrailerBytes && !_sourceEnded)
        {
            return false;
        }

        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[sizeof(uint)..], _memberBytes);
        var piece = _input.HandedAnd(TrailerBytes)[1..];
        int distance = piece.IndexOf(trailer);
        if (distance < 0 || HoldsDamagedTrailer(piece[..distance], trailer))
        {
            throw Damaged("is truncated or damaged: its checksum does not match");
        }

        _input.Next = _input.Handed + 1 + distance + TrailerBytes;
        _state = State.BetweenMembers;
        return true;
    }

    /// <summary>
    /// Whether the trailer found is another member's of the same text, and half of this one's own, damaged, stands
    /// before it, where that other member begins.
    /// </summary>
    private static bool HoldsDamagedTrailer(ReadOnlySpan<byte> passed, ReadOnlySpan<byte> trailer)
    {
        for (int at = TrailerBytes; at < passed.Length; at++)
        {
            int next = passed[at..].IndexOf(GzipHeader.Start);
            if (next < 0)
            {
                return false;
            }

            at += next;
            var before = passed.Slice(at - TrailerBytes, TrailerBytes);
            if (before[..sizeof(uint)].SequenceEqual(trailer[..sizeof(uint)]) || before[sizeof(uint)..].SequenceEqual(trailer[sizeof(uint)..]))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFindNextMember()
    {
        var rest = _input.Unread;
        if (rest.Length < 2 && !_sourceEnded)
        {
            return false;
        }

        _state = rest.IsEmpty ? State.End
            : GzipHeader.IsNext(rest) ? State.Header
            : throw Damaged("has stray bytes after its last gzip member");
        return true;
    }

    /// <summary>Whether an object named .gz was unpacked on its way here, as some clients do.</summary>
    private static bool LooksLikeNdjson(ReadOnlySpan<byte> text, out bool undecided)
    {
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        text = text.TrimStart(" \t\r\n"u8);
        undecided = text.Length < 2 || "\uFEFF"u8.StartsWith(text);
        return !undecided && text[0] == '{' && " \t\r\n\"}"u8.Contains(text[1]);
    }

    /// <summary>What one gunzip gives, as the stored bytes of the next.</summary>
    private sealed class UnpackedText(SourceText outer, byte[] start) : ForwardStream
    {
        private ReadOnlyMemory<byte> _start = start;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = Math.Min(_start.Length, buffer.Length);
            if (read > 0)
            {
                _start[..read].CopyTo(buffer);
                _start = _start[read..];
                return read;
            }

            while (!outer.TryUnpack(buffer.Span, out read))
            {
                await outer.RefillOwnAsync(cancellationToken);
            }

            return read;
        }

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();
    }

    private AggregationException Truncated() => Damaged("is truncated: its gzip data ends too early");

    private AggregationException Damaged(string what, Exception? cause = null) =>
        new($"{Uri} {what}. Copy or gather that object again, then rerun the month.", cause);
}
