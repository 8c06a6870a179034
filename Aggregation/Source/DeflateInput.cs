using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>How many bytes one read of <see cref="DeflateInput"/> returns.</summary>
internal enum DeflatePiece
{
    /// <summary>As many as DeflateStream has room for.</summary>
    Full,

    /// <summary>As many as it has room for, but only one piece: the next read finds the window empty.</summary>
    First,

    /// <summary>A single byte.</summary>
    Byte,
}

/// <summary>
/// The window on the stored bytes that DeflateStream reads from. When the window is empty, <see
/// cref="Read(Span{byte})"/> returns 0 and sets <see cref="Starved"/>: DeflateStream then returns what it has and reads
/// again at its next call.
/// </summary>
internal sealed class DeflateInput : ForwardStream
{
    private readonly bool _isBorrowed;
    private byte[] _window;
    private int _end;

    /// <summary>Makes an empty window.</summary>
    public DeflateInput() => _window = LargeBuffers.Rent(SourceText.BlockSizeBytes);

    /// <summary>Makes a window that is the whole of the stored bytes, without a copy.</summary>
    /// <param name="stored">The stored bytes, unchanged until this window is disposed.</param>
    public DeflateInput(ArraySegment<byte> stored) =>
        (_isBorrowed, _window, Next, LastPiece, _end) =
            (true, stored.Array!, stored.Offset, stored.Offset, stored.Offset + stored.Count);

    /// <summary>The position of the next unread byte in the window.</summary>
    public int Next { get; set; }

    /// <summary>The position of the last piece that was read; bytes from here on stay in the window.</summary>
    public int LastPiece { get; set; }

    /// <summary>Whether a read found the window empty.</summary>
    public bool Starved { get; set; }

    /// <summary>How many bytes each read returns.</summary>
    public DeflatePiece Piece { get; set; }

    /// <summary>Whether a piece was read since <see cref="LastPiece"/> was set.</summary>
    public bool HasLastPiece => Next > LastPiece;

    /// <summary>The bytes that were not read yet; valid until the next <see cref="MakeRoom"/>.</summary>
    public ReadOnlySpan<byte> Unread => _window.AsSpan(Next, _end - Next);

    /// <summary>
    /// The last piece and up to <paramref name="bytes"/> bytes after it, as far as the window has them.
    /// </summary>
    public ReadOnlySpan<byte> LastPieceAnd(int bytes) =>
        _window.AsSpan(LastPiece, Math.Min(_end, Next + bytes) - LastPiece);

    /// <summary>Passes over unread bytes.</summary>
    public void Skip(int bytes) => Next += bytes;

    /// <summary>Takes bytes that were written to the memory from <see cref="MakeRoom"/>.</summary>
    public void Append(int bytes) => _end += bytes;

    /// <summary>
    /// Drops the bytes that are no longer needed, and grows if a single header or trailer fills the window.
    /// </summary>
    /// <returns>Memory for up to <paramref name="bytes"/> stored bytes, at least half of the window.</returns>
    public Memory<byte> MakeRoom(int bytes)
    {
        int keep = Math.Min(LastPiece, Next);
        int kept = _end - keep;
        if (kept > _window.Length / 2)
        {
            byte[] larger = LargeBuffers.Rent(_window.Length * 2);
            _window.AsSpan(keep, kept).CopyTo(larger);
            LargeBuffers.Return(_window);
            _window = larger;
        }
        else
        {
            _window.AsSpan(keep, kept).CopyTo(_window);
        }

        (LastPiece, Next, _end) = (LastPiece - keep, Next - keep, kept);
        return _window.AsMemory(kept, Math.Min(bytes, _window.Length - kept));
    }

    public override int Read(Span<byte> buffer)
    {
        int room = Piece == DeflatePiece.Byte ? 1 : Piece == DeflatePiece.First && HasLastPiece ? 0 : buffer.Length;
        int bytes = Math.Min(room, _end - Next);
        Starved = bytes == 0;
        if (bytes > 0)
        {
            _window.AsSpan(Next, bytes).CopyTo(buffer);
            LastPiece = Next;
            Next += bytes;
        }

        return bytes;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span));

    protected override void Dispose(bool disposing)
    {
        if (!_isBorrowed)
        {
            LargeBuffers.Return(_window);
        }

        _window = [];
        base.Dispose(disposing);
    }
}
