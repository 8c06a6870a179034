using System.Buffers;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Finds the end of a JSON value by its quotes and brackets alone. Whether the value is valid JSON, System.Text.Json
/// decides.
/// </summary>
internal struct ElementEnd
{
    private static readonly SearchValues<byte> AfterBareValue = SearchValues.Create(",]} \t\r\n"u8);
    private static readonly SearchValues<byte> QuotesAndBrackets = SearchValues.Create("\"{}[]"u8);

    private long _depth;
    private bool _inString;
    private bool _isBare;
    private bool _isEscaped;

    /// <summary>Starts with the first byte of a value.</summary>
    public ElementEnd(byte first)
    {
        _inString = first == '"';
        _depth = first is (byte)'{' or (byte)'[' ? 1 : 0;
        _isBare = !_inString && _depth == 0;
    }

    /// <summary>Looks at more text of the value; of the first text, at what follows the first byte.</summary>
    /// <returns>The length of the text up to the value's end; -1 if the value does not end in it.</returns>
    public int Find(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int found = _isEscaped ? 0
                : _isBare ? text[at..].IndexOfAny(AfterBareValue)
                : _inString ? text[at..].IndexOfAny((byte)'"', (byte)'\\')
                : text[at..].IndexOfAny(QuotesAndBrackets);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (_isBare)
            {
                return at;
            }

            Step(text[at++]);
            if (_depth == 0 && !_inString)
            {
                return at;
            }
        }

        return -1;
    }

    private void Step(byte found)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
        }
        else if (_inString)
        {
            _isEscaped = found == '\\';
            _inString = _isEscaped;
        }
        else
        {
            _inString = found == '"';
            _depth += found is (byte)'{' or (byte)'[' ? 1 : found is (byte)'}' or (byte)']' ? -1 : 0;
        }
    }
}
