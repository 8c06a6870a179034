namespace CloudTrailAggregation.Json;

/// <summary>Finds members of a nested value that <see cref="JsonScanner"/> has already found valid.</summary>
internal static unsafe class JsonObject
{
    private const int LongestEscape = 6;

    /// <summary>Finds the last member with a name.</summary>
    /// <param name="at">The first byte of the value; a value that is not an object has no members.</param>
    /// <param name="name">The unescaped name, in UTF-8.</param>
    /// <param name="length">The length of the member's value in bytes.</param>
    /// <returns>The first byte of the member's value; null if there is no such member.</returns>
    public static byte* Find(byte* at, ReadOnlySpan<byte> name, out int length)
    {
        byte* found = null;
        length = 0;
        if (*at != '{')
        {
            return null;
        }

        var scanner = default(JsonScanner);
        at = JsonScanner.SkipWhite(at + 1);
        while (*at != '}')
        {
            byte* quote = scanner.FindClosingQuote(at + 1);
            byte* value = scanner.SkipColon(quote + 1);
            byte* end = scanner.SkipValue(value, depth: 1);
            if (IsName(at + 1, quote, name))
            {
                found = value;
                length = (int)(end - value);
            }

            at = JsonScanner.SkipWhite(end);
            at = *at == ',' ? JsonScanner.SkipWhite(at + 1) : at;
        }

        return found;
    }

    private static bool IsName(byte* start, byte* quote, ReadOnlySpan<byte> name)
    {
        var written = new ReadOnlySpan<byte>(start, (int)(quote - start));
        if (!written.Contains((byte)'\\'))
        {
            return written.SequenceEqual(name);
        }

        if (written.Length > LongestEscape * name.Length)
        {
            return false;
        }

        byte* plain = stackalloc byte[written.Length];
        byte* end = JsonText.Unescape(start, quote, plain, out _);
        return new ReadOnlySpan<byte>(plain, (int)(end - plain)).SequenceEqual(name);
    }
}
