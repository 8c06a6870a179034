using System.Runtime.CompilerServices;

namespace CloudTrailAggregation.SampleData;

/// <summary>Bytes of one line, reused from line to line.</summary>
internal sealed class LineBuffer
{
    private byte[] _bytes = new byte[16 * 1024];
    private int _length;

    /// <summary>The bytes written so far; valid until the buffer changes.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Truncate(int length) => _length = length;

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Extends the line by <paramref name="count"/> bytes and returns them for the caller to fill.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Take(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        var taken = _bytes.AsSpan(_length, count);
        _length += count;
        return taken;
    }
}
