namespace CloudTrailAggregation.Events;

/// <summary>
/// Reads and writes eventTime (ISO 8601). CloudTrail writes <c>YYYY-MM-DDTHH:MM:SSZ</c>; some services add a fraction,
/// and some exports have a space instead of the T or an offset instead of the Z.
/// </summary>
public static class EventTime
{
    private const int MaxWrittenBytes = 24;

    /// <summary>Reads a time.</summary>
    /// <param name="text">ISO 8601: T or a space, any fraction, Z, z, an offset, or none (UTC).</param>
    /// <param name="milliseconds">Milliseconds since 1970-01-01T00:00:00Z; a finer fraction is cut off.</param>
    /// <param name="exact">Whether <see cref="Write"/> gives back the same text.</param>
    /// <returns>False if the text is not a time of the years 1 to 9999.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out long milliseconds, out bool exact)
    {
        exact = false;
        if (!TryReadDateAndTime(text, out var time, out int at))
        {
            milliseconds = 0;
            return false;
        }

        // A fraction of a minute, which ISO 8601 allows, is not read.
        int fraction = at == 19 ? ReadFraction(text, ref at) : 0;
        bool readable = TryReadOffset(text[at..], out int offsetMinutes);
        milliseconds = ((time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond)
            + fraction - (offsetMinutes * 60_000L);
        readable &= milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        exact = readable && IsInWrittenForm(text, milliseconds);
        return readable;
    }

    /// <summary>
    /// Whether <see cref="Write"/> gives back the same text. Nearly all times have whole seconds, where two characters
    /// tell.
    /// </summary>
    private static bool IsInWrittenForm(ReadOnlySpan<byte> text, long milliseconds)
    {
        if (text.Length == 20)
        {
            return text[10] == 'T' && text[19] == 'Z';
        }

        Span<byte> written = stackalloc byte[MaxWrittenBytes];
        return written[..Write(milliseconds, written)].SequenceEqual(text);
    }

    /// <summary>Writes <c>YYYY-MM-DDTHH:MM:SS[.fff]Z</c>, with a fraction only where it is not zero.</summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01T00:00:00Z, in the years 1 to 9999.</param>
    /// <param name="destination">Receives the text; at least 24 bytes.</param>
    /// <returns>The number of bytes written, at most 24.</returns>
    public static int Write(long milliseconds, Span<byte> destination)
    {
        var time = DateTime.UnixEpoch.AddMilliseconds(milliseconds);
        Digits(time.Year, destination[..4]);
        Digits(time.Month, destination[5..7]);
        Digits(time.Day, destination[8..10]);
        Digits(time.Hour, destination[11..13]);
        Digits(time.Minute, destination[14..16]);
        Digits(time.Second, destination[17..19]);
        (destination[4], destination[7], destination[10]) = ((byte)'-', (byte)'-', (byte)'T');
        (destination[13], destination[16]) = ((byte)':', (byte)':');
        int end = 19;
        if (time.Millisecond != 0)
        {
            destination[end] = (byte)'.';
            Digits(time.Millisecond, destination.Slice(end + 1, 3));
            end += 4;
        }

        destination[end] = (byte)'Z';
        return end + 1;
    }

    private static void Digits(int number, Span<byte> destination)
    {
        for (int digit = destination.Length - 1; digit >= 0; digit--)
        {
            destination[digit] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }

    private static bool TryReadDateAndTime(ReadOnlySpan<byte> text, out DateTime time, out int length)
    {
        time = default;
        length = 16;
        if (text.Length < 16 || text[4] != '-' || text[7] != '-' || text[13] != ':'
            || text[10] is not ((byte)'T' or (byte)' '))
        {
            return false;
        }

        int year = Number(text[..4]), month = Number(text[5..7]), day = Number(text[8..10]);
        int hour = Number(text[11..13]), minute = Number(text[14..16]), second = 0;
        if (text.Length >= 19 && text[16] == ':')
        {
            second = Number(text[17..19]);
            length = 19;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }

        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    /// <summary>Reads the milliseconds of a fraction of any length, after a point or a comma.</summary>
    private static int ReadFraction(ReadOnlySpan<byte> text, ref int at)
    {
        if (at + 1 >= text.Length || text[at] is not ((byte)'.' or (byte)',') || !char.IsAsciiDigit((char)text[at + 1]))
        {
            return 0;
        }

        int milliseconds = 0, weight = 100;
        for (at++; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, weight /= 10)
        {
            milliseconds += (text[at] - '0') * weight;
        }

        return milliseconds;
    }

    /// <summary>Reads nothing, Z, z, ±HH, ±HHMM or ±HH:MM.</summary>
    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.IsEmpty || text is [(byte)'Z' or (byte)'z'])
        {
            return true;
        }

        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6)
            || (text.Length == 6 && text[3] != ':'))
        {
            return false;
        }

        int hour = Number(text[1..3]), minute = text.Length == 3 ? 0 : Number(text[^2..]);
        minutes = (text[0] == '-' ? -1 : 1) * ((hour * 60) + minute);
        return hour is >= 0 and <= 23 && minute is >= 0 and <= 59;
    }

    /// <summary>Reads a number; -1 where there is anything except digits.</summary>
    private static int Number(ReadOnlySpan<byte> digits)
    {
        int number = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return -1;
            }

            number = (number * 10) + digit - '0';
        }

        return number;
    }
}
