using CloudTrailAggregation.Json;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Framing;

/// <summary>
/// Framing within containers: the elements are the records, on one line or over many. It follows JSON's grammar
/// strictly, because nothing tells how many records are missing where the grammar ends.
/// </summary>
/// <param name="uri">The object's name in errors.</param>
internal sealed unsafe class ContainerFraming(string uri)
{
    private readonly ResumableScanner _scanner = new();
    private State _state = State.Closed;
    private bool _isRecords;

    /// <summary>The elements of all containers so far, the one that is being read included.</summary>
    private long _elements;

    /// <summary>The bytes of the element that earlier fragments hold.</summary>
    private long _bytesInFragments;

    private enum State { FirstElement, NextElement, InElement, AfterElement, AfterArray, Closed }

    /// <summary>Whether a container was opened and has not ended.</summary>
    public bool IsOpen => _state != State.Closed;

    /// <summary>
    /// Where the element that is being read starts in the chunk; null between elements. The framing moves it when it
    /// carries the element over to the next chunk.
    /// </summary>
    public int? ElementStart { get; set; }

    /// <summary>Whether the element that is being read is longer than the maximum, and comes in fragments.</summary>
    public bool InFragments { get; private set; }

    /// <summary>The newlines within the container that was opened last.</summary>
    public long Newlines => _scanner.Newlines;

    /// <summary>The position of the element that is being read.</summary>
    public RecordPosition Position => new(_elements, InContainer: true);

    /// <summary>Starts a container. The text continues behind its opening bracket.</summary>
    /// <param name="isRecords">Whether it is an object with the member Records, not a bare array.</param>
    public void Open(bool isRecords)
    {
        _state = State.FirstElement;
        _isRecords = isRecords;
        _scanner.Newlines = 0;
    }

    /// <summary>Adds a chunk of the element that is being read to its fragments.</summary>
    /// <param name="bytes">The bytes of the chunk.</param>
    public void AddFragment(int bytes)
    {
        InFragments = true;
        _bytesInFragments += bytes;
        ElementStart = 0;
    }

    /// <summary>
    /// Reads up to the end of the container, the end of the text, or the end of an element in fragments. Adds the whole
    /// elements to the chunk's records.
    /// </summary>
    /// <param name="chunk">The chunk, with a zero behind its text.</param>
    /// <param name="from">The first byte that was not read.</param>
    /// <returns>The first byte that was not read.</returns>
    /// <exception cref="DamagedObjectException">The text is not JSON.</exception>
    public int Read(Chunk chunk, int from)
    {
        byte* end = chunk.Start + chunk.Length;
        byte* at = chunk.Start + from;
        bool isFragment = InFragments;
        while (IsOpen && InFragments == isFragment)
        {
            if (_state == State.InElement)
            {
                at = ReadElement(chunk, at, end);
                if (_state == State.InElement)
                {
                    break;
                }
            }
            else
            {
                at = _scanner.SkipWhite(at);
                if (at == end)
                {
                    break;
                }

                at = ReadDelimiter(chunk, at);
            }
        }

        return (int)(at - chunk.Start);
    }

    /// <summary>Makes the error for a text that ends within the container.</summary>
    public DamagedObjectException EndsTooEarly() => Damaged("ends within its container");

    private byte* ReadElement(Chunk chunk, byte* at, byte* end)
    {
        byte* start = chunk.Start + ElementStart!.Value;
        at = _scanner.Follow(at, end);
        if (at == null)
        {
            throw Damaged($"{_scanner.Error} (byte {_scanner.ErrorAt - start + _bytesInFragments + 1})");
        }

        if (_scanner.IsComplete)
        {
            _state = State.AfterElement;
            ElementStart = null;
            if (!InFragments)
            {
                chunk.Records.Add(new Record { Start = start, Length = (int)(at - start), Position = Position });
            }

            InFragments = false;
            _bytesInFragments = 0;
        }

        return at;
    }

    /// <summary>Reads a bracket, comma or brace around elements, or starts an element.</summary>
    private byte* ReadDelimiter(Chunk chunk, byte* at)
    {
        if (*at == ']' && _state is State.FirstElement or State.AfterElement)
        {
            _state = _isRecords ? State.AfterArray : State.Closed;
            return at + 1;
        }

        switch (_state)
        {
            case State.AfterElement when *at == ',':
                _state = State.NextElement;
                return at + 1;
            case State.AfterElement:
                throw Damaged("is not followed by ',' or ']'");
            case State.AfterArray when *at == '}':
                _state = State.Closed;
                return at + 1;
            case State.AfterArray when *at == ',':
                throw new DamagedObjectException(
                    uri, "has a container with a member after Records, and nothing tells what that holds");
            case State.AfterArray:
                throw new DamagedObjectException(uri, "has a container that does not end with '}' after its records");
            default:
                _state = State.InElement;
                _elements++;
                ElementStart = (int)(at - chunk.Start);
                _scanner.Start();
                return at;
        }
    }

    private DamagedObjectException Damaged(string what) =>
        new(_elements == 0 ? uri : $"{uri}, {Position}", what);
}
