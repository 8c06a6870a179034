using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Local.Check;

/// <summary>The part of an object's text that was read and not consumed: at most 16 MiB and 5 bytes.</summary>
internal sealed class SourceBuffer(SourceText file)
{
    /// <summary>The longest record together with byte-order mark, CR and newline, in bytes.</summary>
    private const int MaxBytes = (16 << 20) + 5;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    /// <summary>The text. Valid until the next call.</summary>
    public Span<byte> Text => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Whether <see cref="Text"/> has the maximum length.</summary>
    public bool IsFull => _end - _start >= MaxBytes;

    /// <summary>Whether nothing follows <see cref="Text"/> in the object. Known once reading on was tried.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Removes bytes from the start of <see cref="Text"/>.</summary>
    public void Consume(int bytes) => _start += bytes;

    /// <summary>Reads on, and adds what was read to <see cref="Text"/>.</summary>
    /// <returns>False if there is no more text, or no more room.</returns>
    /// <exception cref="AggregationException">The object cannot be read or unpacked.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (HasEnded || IsFull)
        {
            return false;
        }

        if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        int read;
        while (!file.TryRead(_buffer.AsSpan(_end, Math.Min(_buffer.Length, _start + MaxBytes) - _end), out read))
        {
            await file.RefillAsync(cancellation);
        }

        _end += read;
        HasEnded = read == 0;
        return !HasEnded;
    }

    private void MakeRoom()
    {
        int kept = _end - _start;
        byte[] larger = kept > _buffer.Length / 2 ? new byte[Math.Min(_buffer.Length * 2, MaxBytes)] : _buffer;
        _buffer.AsSpan(_start, kept).CopyTo(larger);
        (_buffer, _start, _end) = (larger, 0, kept);
    }
}
