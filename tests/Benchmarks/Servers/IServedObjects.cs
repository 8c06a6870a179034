namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>
/// The objects of a bucket, in the ordinal order of their keys. A place is an object's number, from 0.
/// </summary>
internal interface IServedObjects
{
    /// <summary>The number of objects.</summary>
    int Count { get; }

    string KeyAt(int place);

    long SizeAt(int place);

    /// <summary>
    /// The ETag; in the form of an upload in parts, because the SDK takes any other for the MD5 of the bytes.
    /// </summary>
    string ETagAt(int place);

    /// <summary>The object's bytes, which the caller may keep.</summary>
    ReadOnlyMemory<byte> BytesAt(int place);
}

/// <summary>Finds objects by their keys.</summary>
internal static class ServedObjectsExtensions
{
    /// <summary>The number of keys before a text in ordinal order.</summary>
    public static int KeysBefore(this IServedObjects objects, string text)
    {
        int low = 0, high = objects.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(objects.KeyAt(middle), text) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
