using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>
/// The text of one object: gunzipped if its first two bytes say gzip (RFC 1952), unchanged otherwise. Gzip within gzip,
/// which comes from uploaders that compress a compressed file again, is gunzipped twice. The refill is asynchronous and
/// the read is not: call <see cref="TryRead"/> until it returns false, then <see cref="RefillAsync"/>.
/// </summary>
/// <remarks>
/// GZipStream accepts a truncated file, and stray bytes after the last gzip member. So this class finds the gzip
/// members itself, passes only the deflate data between header and trailer to DeflateStream, and checks length and
/// CRC-32.
/// </remarks>
public sealed class SourceText : IAsyncDisposable
{
    /// <summary>The maximum number of stored bytes in one read of the source: 1 MiB.</summary>
    public const int BlockSizeBytes = 1 << 20;

    private const int TrailerBytes = 8;

    /// <summary>
    /// The maximum of white space, 4 KiB, in front of the JSON of an object that is not gzip as its name says.
    /// </summary>
    private const int MaxWhiteBytes = 1 << 12;

    /// <summary>The maximum number of gzip layers.</summary>
    private const int MaxDepth = 2;

    private readonly Stream _source;
    private readonly bool _leaveOpen;
    private readonly int _depth;
    private readonly DeflateInput _input;
    private readonly Crc32 _crc = new();
    private DeflateStream? _inflate;
    private State _state = State.Start;
    private bool _sourceEnded;
    private bool _hasText;
    private uint _memberBytes;
    private SourceText? _inner;

    /// <summary>Reads an object's text.</summary>
    /// <param name="source">
    /// The stored bytes; disposed together with this object. Those that are in memory are read where they are.
    /// </param>
    /// <param name="uri">The object's name in errors. A name that ends in .gz must hold gzip or JSON.</param>
    public SourceText(Stream source, string uri)
        : this(source, uri, leaveOpen: false)
    {
    }

    /// <summary>Reads an object's text.</summary>
    /// <param name="source">The stored bytes.</param>
    /// <param name="uri">As above.</param>
    /// <param name="leaveOpen">Whether the stored bytes are not disposed together with this object.</param>
    internal SourceText(Stream source, string uri, bool leaveOpen)
        : this(source, uri, leaveOpen, depth: 1)
    {
    }

    private SourceText(Stream source, string uri, bool leaveOpen, int depth)
    {
        _source = source;
        _leaveOpen = leaveOpen;
        Uri = uri;
        _depth = depth;
        _sourceEnded = source is PooledStream;
        _input = source is PooledStream fetched ? new DeflateInput(fetched.Stored) : new DeflateInput();
    }

    private enum State { Start, Plain, Header, Body, Trailer, BetweenMembers, End }

    /// <summary>The object's name in errors.</summary>
    public string Uri { get; }

    /// <summary>Reads text from the stored bytes that are in memory.</summary>
    /// <param name="destination">Receives the text; at least one byte long.</param>
    /// <param name="bytesRead">The number of bytes written to <paramref name="destination"/>.</param>
    /// <returns>False: call <see cref="RefillAsync"/> first. True with no bytes: the end of the text.</returns>
    /// <exception cref="DamagedObjectException">
    /// The object is damaged, truncated or has stray bytes at its end.
    /// </exception>
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

        // The first byte of gzip is a control character, with which no text starts.
        bool isUnpacked = _inflate is not null;
        if (isUnpacked && !_hasText && bytesRead > 0 && destination[0] == GzipHeader.Start[0])
        {
            _inner = Unpack(destination[..bytesRead]);
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

    /// <summary>Reads the next block of stored bytes into memory.</summary>
    public ValueTask RefillAsync(CancellationToken cancellation) => (_inner ?? this).RefillOwnAsync(cancellation);

    private async ValueTask RefillOwnAsync(CancellationToken cancellation)
    {
        var room = _input.MakeRoom(BlockSizeBytes);
        int read = await _source.ReadAsync(room, cancellation);
        _input.Append(read);
        _sourceEnded = read == 0;
    }

    /// <summary>Returns the buffers and disposes the stored bytes.</summary>
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
        if (!_leaveOpen)
        {
            await _source.DisposeAsync();
        }
    }

    private SourceText Unpack(ReadOnlySpan<byte> start) => _depth < MaxDepth
        ? new SourceText(new UnpackedText(this, start.ToArray()), Uri, leaveOpen: false, _depth + 1)
        : throw Damaged($"is gzip within gzip, more than {MaxDepth} times");

    private bool TrySniff()
    {
        var text = _input.Unread;
        if (text.Length < 2 && !_sourceEnded)
        {
            return false;
        }

        if (GzipHeader.StartsGzip(text))
        {
            _state = State.Header;
            return true;
        }

        if (text.Length == 1 && text[0] == GzipHeader.Start[0])
        {
            throw Truncated();
        }

        if (Uri.EndsWith(".gz", StringComparison.Ordinal) && !LooksLikeJson(text, out bool undecided))
        {
            return undecided && !_sourceEnded
                ? false
                : throw Damaged("is named .gz, but holds neither gzip nor JSON");
        }

        _state = State.Plain;
        return true;
    }

    private bool TryCopy(Span<byte> destination, out int bytesRead)
    {
        bytesRead = _input.Read(destination);
        _input.LastPiece = _input.Next;
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
                _input.LastPiece = _input.Next;
                StartInflating(DeflatePiece.First);
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

    private void StartInflating(DeflatePiece piece)
    {
        _inflate?.Dispose();
        _inflate = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
        _input.Piece = piece;
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
            _input.Piece = DeflatePiece.Full;
        }
        else if (_input.Piece == DeflatePiece.First && _input.HasLastPiece)
        {
            // Start again in pieces of one byte, with which the end of the data is exact: the gzip member may be empty.
            // The trailer of an empty one is all zeros, and its deflate data may end in a zero too.
            _input.Next = _input.LastPiece;
            _input.Starved = false;
            StartInflating(DeflatePiece.Byte);
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
    /// Finds the trailer behind the deflate data. DeflateStream reads ahead and does not report where the data ended:
    /// it was somewhere in the last piece, after that piece's first byte. The trailer's bytes (CRC-32 and length) are
    /// known from the text, so this searches for them.
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
        var piece = _input.LastPieceAnd(TrailerBytes)[1..];
        int distance = piece.IndexOf(trailer);
        if (distance < 0 || HoldsDamagedTrailer(piece[..distance], trailer))
        {
            throw Damaged("is truncated or damaged: its checksum does not match");
        }

        _input.Next = _input.LastPiece + 1 + distance + TrailerBytes;
        _state = State.BetweenMembers;
        return true;
    }

    /// <summary>
    /// Whether the trailer found is that of a later gzip member with the same text. Then the damaged trailer of this
    /// gzip member, one half of it still right, is directly before the start of a gzip member.
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
            if (before[..sizeof(uint)].SequenceEqual(trailer[..sizeof(uint)])
                || before[sizeof(uint)..].SequenceEqual(trailer[sizeof(uint)..]))
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
            : GzipHeader.StartsGzip(rest) ? State.Header
            : throw Damaged("has stray bytes after its last gzip member");
        return true;
    }

    /// <summary>
    /// Whether the text starts like an event or a container: some clients unpack an object named .gz while they copy
    /// it.
    /// </summary>
    private static bool LooksLikeJson(ReadOnlySpan<byte> text, out bool undecided)
    {
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        int white = text.IndexOfAnyExcept(" \t\r\n"u8);
        white = white < 0 ? text.Length : white;
        text = text[white..];
        undecided = white <= MaxWhiteBytes && (text.Length < 2 || "\uFEFF"u8.StartsWith(text));
        return white <= MaxWhiteBytes && !undecided && ((text[0] == '{' && " \t\r\n\"}"u8.Contains(text[1]))
            || (text[0] == '[' && " \t\r\n{]"u8.Contains(text[1])));
    }

    /// <summary>The text of the outer gzip as the stored bytes of the inner one.</summary>
    private sealed class UnpackedText(SourceText outer, byte[] start) : ForwardStream
    {
        private ReadOnlyMemory<byte> _start = start;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
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

    private DamagedObjectException Truncated() => Damaged("is truncated: its gzip data ends too early");

    private DamagedObjectException Damaged(string what, Exception? cause = null) => new(Uri, what, cause);
}
