namespace CloudTrailAggregation.Json;

/// <summary>Finds members of a nested value that <see cref="JsonScanner"/> has already found valid.</summary>
internal static unsafe class JsonObject
{
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
        var members = new JsonMembers(at);
        while (members.MoveNext(ref scanner))
        {
            byte* end = members.SkipValue(ref scanner, depth: 1, out _);
            if (members.IsName(name))
            {
                found = members.Value;
                length = (int)(end - found);
            }
        }

        return found;
    }
}
