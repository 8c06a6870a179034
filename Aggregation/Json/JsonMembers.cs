namespace CloudTrailAggregation.Json;

/// <summary>
/// Steps over the members of an object and checks it. After each <see cref="MoveNext"/> the caller steps over the
/// value, with <see cref="SkipValue"/>, or by itself and tells <see cref="EndValue"/>.
/// </summary>
internal unsafe ref struct JsonMembers
{
    private const int LongestEscape = 6;

    private byte* _next;
    private byte* _name;
    private byte* _nameEnd;
    private bool _isNameEscaped;
    private bool _isDone;

    /// <summary>Starts before the first member.</summary>
    /// <param name="start">The object's first byte.</param>
    public JsonMembers(byte* start)
    {
        _next = JsonScanner.SkipWhite(start + 1);
        if (*_next == '}')
        {
            Finish(_next + 1);
        }
    }

    /// <summary>The first byte of the current member's value.</summary>
    public byte* Value { get; private set; }

    /// <summary>
    /// The position after the object, once <see cref="MoveNext"/> has returned false. Null if the object is not valid;
    /// the scanner then has the error.
    /// </summary>
    public byte* End { get; private set; }

    /// <summary>Moves to the next member.</summary>
    /// <returns>False at the object's end, and where it is not valid.</returns>
    public bool MoveNext(ref JsonScanner scanner)
    {
        if (_isDone)
        {
            return false;
        }

        if (*_next != '"')
        {
            return Finish(scanner.Fail(_next, JsonScanner.MissingName));
        }

        scanner.Escaped = false;
        _name = _next + 1;
        _nameEnd = scanner.FindClosingQuote(_name);
        _isNameEscaped = scanner.Escaped;
        Value = _nameEnd == null ? null : scanner.SkipColon(_nameEnd + 1);
        return Value != null || Finish(null);
    }

    /// <summary>Steps over the current member's value.</summary>
    /// <param name="scanner">Checks the value.</param>
    /// <param name="depth">The number of objects and arrays that contain it.</param>
    /// <param name="escaped">Whether a string in it has an escape.</param>
    /// <returns>The position after the value; null if it is not valid.</returns>
    public byte* SkipValue(ref JsonScanner scanner, int depth, out bool escaped)
    {
        scanner.Escaped = false;
        byte* end = scanner.SkipValue(Value, depth);
        escaped = scanner.Escaped;
        EndValue(ref scanner, end);
        return end;
    }

    /// <summary>Continues behind the current member's value.</summary>
    /// <param name="scanner">Receives the error.</param>
    /// <param name="end">The position after the value; null if it is not valid.</param>
    public void EndValue(ref JsonScanner scanner, byte* end)
    {
        _next = end == null ? null : JsonScanner.SkipWhite(end);
        if (end == null)
        {
            Finish(null);
        }
        else if (*_next == '}')
        {
            Finish(_next + 1);
        }
        else if (*_next == ',')
        {
            _next = JsonScanner.SkipWhite(_next + 1);
        }
        else
        {
            Finish(scanner.Fail(_next, JsonScanner.MissingComma));
        }
    }

    /// <summary>Whether the current member has this name.</summary>
    /// <param name="name">The unescaped name, in UTF-8.</param>
    public readonly bool IsName(ReadOnlySpan<byte> name)
    {
        var written = new ReadOnlySpan<byte>(_name, (int)(_nameEnd - _name));
        if (!_isNameEscaped)
        {
            return written.SequenceEqual(name);
        }

        if (written.Length > LongestEscape * name.Length)
        {
            return false;
        }

        byte* plain = stackalloc byte[written.Length];
        byte* end = JsonText.Unescape(_name, _nameEnd, plain, out _);
        return new ReadOnlySpan<byte>(plain, (int)(end - plain)).SequenceEqual(name);
    }

    private bool Finish(byte* end)
    {
        _isDone = true;
        End = end;
        return false;
    }
}
