using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// An object's text line by line, framed without the code that wrote the file. A line that is too long to hold comes in
/// several fragments.
/// </summary>
internal sealed class SourceLines(SourceText file)
{
    /// <summary>The longest record together with byte-order mark, CR and newline, in bytes.</summary>
    private const int MaxBytes = (16 << 20) + 5;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private int _newline = -1;
    private bool _fileEnded;

    /// <summary>The rest of the line, without the newline.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(_start, (EndsLine && _newline >= 0 ? _newline : _end) - _start);

    /// <summary>
    /// Whether <see cref="Text"/> ends with the line; otherwise the line is longer than the buffer may be.
    /// </summary>
    public bool EndsLine { get; private set; }

    /// <summary>Whether nothing of the line was consumed.</summary>
    public bool IsAtStart { get; private set; }

    /// <summary>Whether <see cref="Text"/> has the maximum length.</summary>
    public bool IsFull => _end - _start >= MaxBytes;

    /// <summary>The number of the line, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Moves to the next line, or to the next fragment of a line that was consumed in part.</summary>
    /// <returns>False at the end of the text.</returns>
    /// <exception cref="AggregationException">The object cannot be unpacked.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        if (LineNumber == 0 || EndsLine)
        {
            _start = EndsLine ? (_newline >= 0 ? _newline + 1 : _end) : 0;
            LineNumber++;
            IsAtStart = true;
        }

        int searched = _start;
        while ((_newline = Array.IndexOf(_buffer, (byte)'\n', searched, _end - searched)) < 0
            && !_fileEnded && _end - _start < MaxBytes)
        {
            searched = _end - _start;
            MakeRoom();
            await FillAsync(cancellation);
        }

        EndsLine = _newline >= 0 || _fileEnded;
        return _newline >= 0 || _end > _start;
    }

    /// <summary>Removes bytes from the start of <see cref="Text"/>.</summary>
    public void Consume(int bytes)
    {
        _start += bytes;
        IsAtStart = false;
    }

    private void MakeRoom()
    {
        int kept = _end - _start;
        byte[] larger = kept > _buffer.Length / 2 ? new byte[Math.Min(_buffer.Length * 2, MaxBytes)] : _buffer;
        _buffer.AsSpan(_start, kept).CopyTo(larger);
        (_buffer, _start, _end) = (larger, 0, kept);
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        int read;
        while (!file.TryRead(_buffer.AsSpan(_end), out read))
        {
            await file.RefillAsync(cancellation);
        }

        _end += read;
        _fileEnded = read == 0;
    }
}
