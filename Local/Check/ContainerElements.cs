using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The elements of an object's containers, <c>[…]</c> or <c>{"Records":[…]}</c> at the start of a line, framed
/// without the code that wrote the file. An element that is too long to hold comes in several fragments.
/// </summary>
/// <param name="buffer">The object's text.</param>
/// <param name="uri">The object's name in errors.</param>
internal sealed class ContainerElements(SourceBuffer buffer, string uri)
{
    private static readonly byte[][] Start =
        ["{"u8.ToArray(), "\"Records\""u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray()];

    private const string NotJson = "is not valid JSON";

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private State _state;
    private bool _isObject;
    private ElementEnd _end;
    private int _length;
    private bool _inFragments;

    private enum State { FirstElement, NextElement, InElement, AfterElement, AfterArray }

    /// <summary>
    /// The element, or a fragment of it, with a space for each of its CRs and newlines. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Text => buffer.Text[.._length];

    /// <summary>Whether <see cref="Text"/> ends with the element.</summary>
    public bool EndsElement => _state != State.InElement;

    /// <summary>The number of the element among those of all containers of the object, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The newlines in the container that was opened last, up to now.</summary>
    public long Newlines { get; private set; }

    /// <summary>Consumes the start of a container if there is one at the start of the text.</summary>
    /// <param name="hasLines">Whether the object has a line that is not blank before.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>False if the text does not start with a container; then it is unchanged.</returns>
    /// <exception cref="DamagedObjectException">The text ends in what can only be the start of a container.</exception>
    public async ValueTask<bool> OpenAsync(bool hasLines, CancellationToken cancellation)
    {
        int at = await MarkAsync(cancellation);
        for (int token = 0; ; token++)
        {
            at = await AfterWhiteAsync(at, withNewlines: token > 0, cancellation);
            if (token == 0 && at < buffer.Text.Length && buffer.Text[at] == '[')
            {
                Open(at + 1, isObject: false);
                return true;
            }

            int equal = await EqualAsync(at, Start[token], cancellation);
            if (equal < Start[token].Length)
            {
                bool isCut = at + equal == buffer.Text.Length && buffer.HasEnded;
                return isCut && (token > 1 || (token == 1 && (equal > 1 || !hasLines)))
                    ? throw Damaged("ends within the start of a container")
                    : false;
            }

            at += equal;
            if (token == Start.Length - 1)
            {
                Open(at, isObject: true);
                return true;
            }
        }
    }

    /// <summary>Moves to the next element of the container, or to the next fragment of the element.</summary>
    /// <returns>False at the end of the container, which is then consumed.</returns>
    /// <exception cref="DamagedObjectException">The container is not JSON or ends too early.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        buffer.Consume(_length);
        _length = 0;
        while (_state != State.InElement)
        {
            int white = await AfterWhiteAsync(0, withNewlines: true, cancellation);
            Newlines += buffer.Text[..white].Count((byte)'\n');
            buffer.Consume(white);
            if (buffer.Text.IsEmpty && !await buffer.FillAsync(cancellation))
            {
                throw Damaged("ends within its container");
            }

            if (white == 0 && !Step(buffer.Text[0]))
            {
                return false;
            }
        }

        await FindEndAsync(cancellation);
        return true;
    }

    /// <summary>Requires that the element, of which <see cref="Text"/> is the whole, is JSON.</summary>
    /// <exception cref="DamagedObjectException">It is not: the object is damaged.</exception>
    public void CheckIsJson()
    {
        var json = new Utf8JsonReader(Text, AnyDepth);
        try
        {
            while (json.Read())
            {
            }
        }
        catch (JsonException)
        {
            throw Damaged(NotJson);
        }
    }

    private void Open(int length, bool isObject)
    {
        Newlines = buffer.Text[..length].Count((byte)'\n');
        buffer.Consume(length);
        _state = State.FirstElement;
        _isObject = isObject;
        _length = 0;
    }

    /// <summary>Passes a bracket, comma or brace around elements, or begins an element.</summary>
    /// <returns>False at the end of the container.</returns>
    private bool Step(byte next)
    {
        if (next == ']' && _state is State.FirstElement or State.AfterElement)
        {
            buffer.Consume(1);
            _state = State.AfterArray;
            return _isObject;
        }

        switch (_state)
        {
            case State.AfterElement or State.AfterArray when next != (_state == State.AfterArray ? '}' : ','):
                throw Damaged(_state == State.AfterArray
                    ? "has a container that does not end after its records"
                    : "is not followed by ',' or ']'");
            case State.AfterArray:
                buffer.Consume(1);
                return false;
            case State.AfterElement:
                buffer.Consume(1);
                _state = State.NextElement;
                return true;
            default:
                Number++;
                _inFragments = false;
                if (",:]}"u8.Contains(next))
                {
                    throw Damaged(NotJson);
                }

                _end = new ElementEnd(next);
                _length = 1;
                _state = State.InElement;
                return true;
        }
    }

    private async ValueTask FindEndAsync(CancellationToken cancellation)
    {
        int found;
        while ((found = _end.Find(buffer.Text[_length..])) < 0)
        {
            _length = buffer.Text.Length;
            if (!await buffer.FillAsync(cancellation))
            {
                if (buffer.HasEnded)
                {
                    throw Damaged("ends within its container");
                }

                _inFragments = true;
                PutOnOneLine();
                return;
            }
        }

        _length += found;
        _state = State.AfterElement;
        if (Text.ContainsAny((byte)'\r', (byte)'\n'))
        {
            // A newline within a string is not JSON, and cannot be seen once it is a space.
            if (!_inFragments)
            {
                CheckIsJson();
            }

            PutOnOneLine();
        }
    }

    private void PutOnOneLine()
    {
        var text = buffer.Text[.._length];
        Newlines += text.Count((byte)'\n');
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
    }

    /// <summary>The length of the byte-order mark at the start of the text: 3 or 0.</summary>
    private async ValueTask<int> MarkAsync(CancellationToken cancellation)
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        int equal = await EqualAsync(0, mark, cancellation);
        return equal == mark.Length ? equal : 0;
    }

    /// <summary>The position after the white space at a position; at most the text's length.</summary>
    private async ValueTask<int> AfterWhiteAsync(int at, bool withNewlines, CancellationToken cancellation)
    {
        do
        {
            while (at < buffer.Text.Length && (buffer.Text[at] is (byte)' ' or (byte)'\t' or (byte)'\r'
                || (withNewlines && buffer.Text[at] == '\n')))
            {
                at++;
            }
        }
        while (at == buffer.Text.Length && await buffer.FillAsync(cancellation));

        return at;
    }

    /// <summary>How many bytes at a position equal a token's first bytes.</summary>
    private async ValueTask<int> EqualAsync(int at, byte[] token, CancellationToken cancellation)
    {
        int equal;
        do
        {
            equal = buffer.Text[at..].CommonPrefixLength(token);
        }
        while (equal < token.Length && at + equal == buffer.Text.Length && await buffer.FillAsync(cancellation));

        return equal;
    }

    private DamagedObjectException Damaged(string what) =>
        new(Number > 0 ? $"{uri}, record {Number}" : uri, what);
}
