using System.Runtime.CompilerServices;

namespace CloudTrailAggregation.Json;

/// <summary>
/// Steps over one JSON value of any length and depth whose text arrives in pieces, and holds it to JSON's grammar (RFC
/// 8259) except for two things: the depth and the UTF-8 of its strings, which whoever reads the value checks. It needs
/// no recursion. Newlines between tokens become spaces, so that the value is on one line.
/// </summary>
internal sealed unsafe class ResumableScanner
{
    /// <summary>
    /// The maximum number of nested objects and arrays, which take one bit each: 16 MiB of bits.
    /// </summary>
    private const int MaxDepth = 1 << 27;

    private const string MissingValue = "is not valid JSON: a value is missing";

    /// <summary>For each level one bit: whether it is an object.</summary>
    private ulong[] _levels = new ulong[4];
    private int _depth;
    private Step _next = Step.Complete;
    private NumberStep _number;

    private enum Step
    {
        Value, FirstElement, ValueString, Number, AfterValue, FirstName, Name, NameString, Colon, Complete,
    }

    /// <summary>What was read of a number.</summary>
    private enum NumberStep { Minus, Zero, Digits, Point, Fraction, E, ExponentSign, Exponent }

    /// <summary>Whether the value has ended.</summary>
    public bool IsComplete => _next == Step.Complete;

    /// <summary>The newlines between tokens so far; the caller resets it.</summary>
    public long Newlines { get; set; }

    /// <summary>What is wrong; set when a method has returned null.</summary>
    public string? Error { get; private set; }

    /// <summary>The position of the error.</summary>
    public byte* ErrorAt { get; private set; }

    /// <summary>Starts a value.</summary>
    public void Start()
    {
        _next = Step.Value;
        _depth = 0;
    }

    /// <summary>Skips white space in front of or after a value, newlines included.</summary>
    /// <param name="at">The first byte. A byte that is no white space must follow the text.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* SkipWhite(byte* at) => *at > ' ' ? at : SkipWhiteSlowly(at);

    /// <summary>Steps over the value, or over the next piece of it.</summary>
    /// <param name="at">The first byte of the piece.</param>
    /// <param name="end">
    /// The end of the text; a zero must follow it, and 64 readable bytes (<c>Chunk.SpareBytes</c>).
    /// </param>
    /// <returns>
    /// The position after the value, or, where the value is not complete, the position from which to continue when more
    /// text is there. Null if the text is not valid JSON.
    /// </returns>
    /// <remarks>One loop over the tokens, because every call and every stored state would cost time.</remarks>
    public byte* Follow(byte* at, byte* end)
    {
        bool inObject = InObject;
        while (true)
        {
            switch (_next)
            {
                case Step.FirstName:
                    at = SkipWhite(at);
                    if (*at == '}')
                    {
                        goto case Step.AfterValue;
                    }

                    goto case Step.Name;
                case Step.Name:
                    at = SkipWhite(at);
                    if (*at != '"')
                    {
                        return Stop(at, end, _next, "is not valid JSON: a member's name is missing");
                    }

                    at++;
                    goto case Step.NameString;
                case Step.NameString:
                    at = FindQuote(at, end);
                    if (at == null || *at != '"')
                    {
                        return Pause(at, Step.NameString);
                    }

                    at++;
                    goto case Step.Colon;
                case Step.Colon:
                    at = SkipWhite(at);
                    if (*at != ':')
                    {
                        return Stop(at, end, Step.Colon, "is not valid JSON: ':' is missing after a member's name");
                    }

                    at++;
                    goto case Step.Value;
                case Step.Value:
                    at = SkipWhite(at);
                    if (*at == '"')
                    {
                        at++;
                        goto case Step.ValueString;
                    }

                    _next = Step.Value;
                    at = StartValue(at, end);
                    if (at == null || _next == Step.Value)
                    {
                        return at;
                    }

                    inObject = InObject;
                    continue;
                case Step.ValueString:
                    at = FindQuote(at, end);
                    if (at == null || *at != '"')
                    {
                        return Pause(at, Step.ValueString);
                    }

                    at++;
                    goto case Step.AfterValue;
                case Step.Number:
                    at = FollowNumber(at, end);
                    if (at == null || at == end)
                    {
                        return at;
                    }

                    goto case Step.AfterValue;
                case Step.FirstElement:
                    at = SkipWhite(at);
                    if (at == end)
                    {
                        return Pause(at, Step.FirstElement);
                    }

                    if (*at == ']')
                    {
                        goto case Step.AfterValue;
                    }

                    goto case Step.Value;
                case Step.AfterValue:
                    if (_depth == 0)
                    {
                        return Pause(at, Step.Complete);
                    }

                    at = SkipWhite(at);
                    if (*at == ',')
                    {
                        at++;
                        if (!inObject)
                        {
                            goto case Step.Value;
                        }

                        _next = Step.Name;
                        goto case Step.Name;
                    }

                    if (*at != (inObject ? '}' : ']'))
                    {
                        return Stop(at, end, Step.AfterValue, inObject
                            ? "is not valid JSON: ',' or '}' is missing"
                            : "is not valid JSON: ',' or ']' is missing");
                    }

                    at++;
                    _depth--;
                    inObject = InObject;
                    goto case Step.AfterValue;
                default:
                    return at;
            }
        }
    }

    /// <summary>Whether the innermost container of the position is an object.</summary>
    private bool InObject => _depth > 0 && ((_levels[(_depth - 1) >> 6] >> (_depth - 1)) & 1) != 0;

    private byte* Pause(byte* at, Step next)
    {
        _next = next;
        return at;
    }

    /// <summary>Pauses at the end of the text; anywhere else the byte is wrong.</summary>
    private byte* Stop(byte* at, byte* end, Step next, string error) =>
        at == end ? Pause(at, next) : Fail(at, error);

    private byte* Fail(byte* at, string error)
    {
        Error = error;
        ErrorAt = at;
        return null;
    }

    private byte* SkipWhiteSlowly(byte* at)
    {
        for (; *at is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'; at++)
        {
            if (*at is (byte)'\n' or (byte)'\r')
            {
                Newlines += *at == '\n' ? 1 : 0;
                *at = (byte)' ';
            }
        }

        return at;
    }

    /// <summary>Steps over the start of a value that is no string. The step stays where text is missing.</summary>
    private byte* StartValue(byte* at, byte* end)
    {
        switch (*at)
        {
            case (byte)'{':
                return Push(at, isObject: true);
            case (byte)'[':
                return Push(at, isObject: false);
            case (byte)'t':
                return SkipLiteral(at, end, "true"u8);
            case (byte)'f':
                return SkipLiteral(at, end, "false"u8);
            case (byte)'n':
                return SkipLiteral(at, end, "null"u8);
            case (byte)'-':
                (_next, _number) = (Step.Number, NumberStep.Minus);
                return at + 1;
            case >= (byte)'0' and <= (byte)'9':
                (_next, _number) = (Step.Number, *at == '0' ? NumberStep.Zero : NumberStep.Digits);
                return at + 1;
            default:
                return Stop(at, end, Step.Value, MissingValue);
        }
    }

    private byte* Push(byte* at, bool isObject)
    {
        if (_depth == MaxDepth)
        {
            return Fail(at, "is nested too deep to be followed");
        }

        int word = _depth >> 6;
        if (word == _levels.Length)
        {
            Array.Resize(ref _levels, word * 2);
        }

        ulong level = 1UL << _depth;
        _levels[word] = isObject ? _levels[word] | level : _levels[word] & ~level;
        _depth++;
        return Pause(at + 1, isObject ? Step.FirstName : Step.FirstElement);
    }

    private byte* SkipLiteral(byte* at, byte* end, ReadOnlySpan<byte> literal)
    {
        var text = new ReadOnlySpan<byte>(at, (int)Math.Min(literal.Length, end - at));
        return !literal.StartsWith(text) ? Fail(at, MissingValue)
            : text.Length == literal.Length ? Pause(at + literal.Length, Step.AfterValue)
            : at;
    }

    private byte* FollowNumber(byte* at, byte* end)
    {
        while (NextOf(_number, *at) is { } next)
        {
            _number = next;
            at++;
        }

        bool isWhole = _number is NumberStep.Zero or NumberStep.Digits or NumberStep.Fraction or NumberStep.Exponent;
        return at == end ? Pause(at, Step.Number)
            : isWhole && !char.IsAsciiDigit((char)*at) ? at
            : Fail(at, "is not valid JSON: a number is wrong");
    }

    /// <summary>What the next byte makes of a number; null where it does not belong to it.</summary>
    private static NumberStep? NextOf(NumberStep step, byte next) => (step, next) switch
    {
        (NumberStep.Minus, (byte)'0') => NumberStep.Zero,
        (NumberStep.Minus or NumberStep.Digits, >= (byte)'0' and <= (byte)'9') => NumberStep.Digits,
        (NumberStep.Zero or NumberStep.Digits, (byte)'.') => NumberStep.Point,
        (NumberStep.Point or NumberStep.Fraction, >= (byte)'0' and <= (byte)'9') => NumberStep.Fraction,
        (NumberStep.Zero or NumberStep.Digits or NumberStep.Fraction, (byte)'e' or (byte)'E') => NumberStep.E,
        (NumberStep.E, (byte)'+' or (byte)'-') => NumberStep.ExponentSign,
        (NumberStep.E or NumberStep.ExponentSign or NumberStep.Exponent, >= (byte)'0' and <= (byte)'9') =>
            NumberStep.Exponent,
        _ => null,
    };

    /// <summary>Finds the quote that ends a string.</summary>
    /// <returns>
    /// The quote, or where to continue: the end of the text or the escape that it cuts. Null if the string is wrong.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* FindQuote(byte* at, byte* end)
    {
        at = JsonScanner.FindSpecial(at, stopsAtNonAscii: false);
        return *at == '"' ? at : FindQuoteSlowly(at, end);
    }

    private byte* FindQuoteSlowly(byte* at, byte* end)
    {
        while (*at != '"')
        {
            if (*at != '\\')
            {
                return at == end ? at : Fail(at, "has a control character in a string");
            }

            int length = LengthOfEscape(at, end);
            if (length <= 0)
            {
                return length == 0 ? at : Fail(at, "is not valid JSON: an escape is unknown");
            }

            at = JsonScanner.FindSpecial(at + length, stopsAtNonAscii: false);
        }

        return at;
    }

    /// <summary>The length of a valid escape; 0 where the text ends within it, -1 where it is not valid.</summary>
    private static int LengthOfEscape(byte* at, byte* end)
    {
        if (at + 1 == end)
        {
            return 0;
        }

        if (at[1] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(at[1]) ? 2 : -1;
        }

        for (int digit = 2; digit < 6; digit++)
        {
            if (at + digit == end)
            {
                return 0;
            }

            if (!char.IsAsciiHexDigit((char)at[digit]))
            {
                return -1;
            }
        }

        return 6;
    }
}
