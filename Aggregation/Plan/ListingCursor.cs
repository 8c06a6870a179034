namespace CloudTrailAggregation.Plan;

/// <summary>Steps through the objects of a listing in their order without making a string of a key.</summary>
internal ref struct ListingCursor(SourceListing listing)
{
    private byte[] _key = new byte[256];
    private int _keyLength;
    private int _place = -1;

    /// <summary>The object's key in UTF-8; valid until the next step.</summary>
    public readonly ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>The object's day, size and ETag.</summary>
    public ObjectEntry Entry { get; private set; }

    /// <summary>Whether there is no further object.</summary>
    public readonly bool IsAtEnd => _place == listing.Count;

    /// <summary>Goes to the next object, the first one at first.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        if (IsAtEnd || ++_place == listing.Count)
        {
            return false;
        }

        var (block, number) = listing.At(_place);
        Entry = block[number];
        _keyLength = block.KeyLength(Entry);
        if (_key.Length < _keyLength)
        {
            _key = new byte[_keyLength * 2];
        }

        block.WriteKey(Entry, _key);
        return true;
    }
}
