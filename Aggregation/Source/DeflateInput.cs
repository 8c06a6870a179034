using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>
/// The window on the stored bytes that DeflateStream pulls from. It answers 0 when the window is used up and
/// notes that it starved: DeflateStream then returns what it has and asks again at its next read.
/// </summary>
internal sealed class DeflateInput : ForwardStream
{
    private byte[] _window = LargeBuffers.Rent(SourceText.BlockSizeBytes);
    private int _end;

    /// <summary>Where the next unread byte stands in the window.</summary>
    public int Next { get; set; }

    /// <summary>Where the piece handed out last begins; bytes from here on stay in the window.</summary>
    public int Handed { get; set; }

    public bool Starved { get; set; }

    /// <summary>
    /// Whether to hand out single bytes, as long as a member has given no text: an empty member's trailer is all
    /// zeros, its data may end in a zero too, and only the last piece handed out tells one from the other.
    /// </summary>
    public bool ByteByByte { get; set; }

    public ReadOnlySpan<byte> Unread => _window.AsSpan(Next, _end - Next);

    /// <summary>The piece handed out last and as many bytes after it, as far as they are here.</summary>
    public ReadOnlySpan<byte> HandedAnd(int bytes) =>
        _window.AsSpan(Handed, Math.Min(_end, Next + bytes) - Handed);

    public void Skip(int bytes) => Next += bytes;

    public void Added(int bytes) => _end += bytes;

    /// <summary>Drops what is done with, grows if a single header or trailer fills the window.</summary>
    public Memory<byte> MakeRoom(int bytes)
    {
        int keep = Math.Min(Handed, Next);
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

        (Handed, Next, _end) = (Handed - keep, Next - keep, kept);
        return _window.AsMemory(kept, Math.Min(bytes, _window.Length - kept));
    }

    public override int Read(Span<byte> buffer)
    {
        int bytes = Math.Min(ByteByByte ? 1 : buffer.Length, _end - Next);
        Starved = bytes == 0;
        if (bytes > 0)
        {
            _window.AsSpan(Next, bytes).CopyTo(buffer);
            Handed = Next;
            Next += bytes;
        }

        return bytes;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    protected override void Dispose(bool disposing)
    {
        LargeBuffers.Return(_window);
        _window = [];
        base.Dispose(disposing);
    }
}
