using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Finds the records of one source object, in lines and in containers.</summary>
/// <param name="file">The object's text.</param>
/// <param name="uri">The object's name in errors.</param>
/// <param name="records">Receives the records.</param>
internal sealed class ObjectRecords(SourceText file, string uri, IRecordReceiver records)
{
    private readonly SourceBuffer _buffer = new(file);
    private SourceLines _lines = null!;
    private ContainerElements _elements = null!;
    private bool _hasLines;

    /// <summary>Hands on the records of the whole object.</summary>
    /// <exception cref="DamagedObjectException">The object cannot be unpacked or framed.</exception>
    /// <exception cref="AggregationException">
    /// The object cannot be read, or a record is not in the month's files.
    /// </exception>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        _lines = new SourceLines(_buffer);
        _elements = new ContainerElements(_buffer, uri);
        do
        {
            _lines.MoveOn();
            while (_lines.IsAtStart && await _elements.OpenAsync(_hasLines, cancellation))
            {
                await ReadElementsAsync(cancellation);
                _lines.Pass(_elements.Newlines);
            }
        }
        while (await ReadLineAsync(cancellation));

        // A line of exactly the maximum length ends only here.
        if (records.InReject)
        {
            records.AddReject([], default, isLast: true);
        }

        await records.EndBatchAsync(cancellation);
    }

    private async Task ReadElementsAsync(CancellationToken cancellation)
    {
        while (await _elements.ReadAsync(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            ReadElement();
            if (records.IsFull)
            {
                await records.EndBatchAsync(cancellation);
            }
        }
    }

    private void ReadElement()
    {
        var text = _elements.Text;
        var position = new SourcePosition(_elements.Number, InContainer: true);
        bool isWhole = !records.InReject && _elements.EndsElement;
        if (isWhole && records.TryRead(text, out int length) && length == text.Length)
        {
            AddObject(text, position);
            return;
        }

        if (isWhole)
        {
            _elements.CheckIsJson();
        }

        records.AddReject(text, position, _elements.EndsElement);
    }

    /// <returns>False at the end of the text.</returns>
    private async Task<bool> ReadLineAsync(CancellationToken cancellation)
    {
        if (!await _lines.ReadAsync(cancellation))
        {
            return false;
        }

        do
        {
            cancellation.ThrowIfCancellationRequested();
            await records.EndBatchAsync(cancellation);
        }
        while (ReadLine());

        return true;
    }

    /// <summary>
    /// Hands on the records of a line. JSON objects one after the other are records; anything else is a reject up to
    /// the end of the line.
    /// </summary>
    /// <returns>Whether the line has more records, to be read after the batch has ended.</returns>
    private bool ReadLine()
    {
        var position = new SourcePosition(_lines.LineNumber, InContainer: false);
        while (!records.InReject && StartOfText() is var start and >= 0)
        {
            _hasLines = true;
            var text = _lines.Text[start..];
            if (!records.TryRead(text, out int length))
            {
                // Otherwise the buffer has room for more of the line, and the next read tries again.
                if (_lines.EndsLine || _lines.IsFull)
                {
                    AddReject(position);
                }

                return false;
            }

            AddObject(text[..length], position);
            _lines.Consume(start + length);
            if (records.IsFull)
            {
                return true;
            }
        }

        // A line too long to hold is a reject, even one of white space.
        if (records.InReject || (!_lines.EndsLine && _lines.IsFull))
        {
            AddReject(position);
        }

        return false;
    }

    private void AddObject(ReadOnlySpan<byte> text, SourcePosition position)
    {
        if (records.HoldsRecords)
        {
            throw new DamagedObjectException($"{uri}, {position}", "holds many records in a member Records");
        }

        records.AddObject(text, position);
    }

    /// <summary>Adds the rest of the line to a reject, and ends the reject with the line.</summary>
    private void AddReject(SourcePosition position)
    {
        _hasLines = true;
        records.AddReject(_lines.Text, position, _lines.EndsLine);
        _lines.Consume(_lines.Text.Length);
    }

    /// <summary>
    /// The first byte after white space, and after a byte-order mark at the start of a line; -1 if there is none.
    /// </summary>
    private int StartOfText()
    {
        int mark = _lines.IsAtStart && _lines.Text.StartsWith("\uFEFF"u8) ? 3 : 0;
        int start = _lines.Text[mark..].IndexOfAnyExcept(" \t\r"u8);
        return start < 0 ? -1 : start + mark;
    }
}
