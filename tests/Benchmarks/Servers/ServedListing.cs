using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>Answers ListObjectsV2.</summary>
internal static class ServedListing
{
    /// <summary>A page of a listing, as XML.</summary>
    /// <param name="objects">The objects of the bucket.</param>
    /// <param name="query">The parameters of the request: prefix, delimiter, max-keys, continuation-token.</param>
    public static byte[] PageOf(IServedObjects objects, IReadOnlyDictionary<string, string> query)
    {
        string prefix = query.GetValueOrDefault("prefix", "");
        string delimiter = query.GetValueOrDefault("delimiter", "");
        int left = int.Parse(query.GetValueOrDefault("max-keys", "1000"), CultureInfo.InvariantCulture);
        string start = query.GetValueOrDefault("start-after", "") is { Length: > 0 } after ? after + "\0" : prefix;
        start = query.GetValueOrDefault("continuation-token", start);
        int place = objects.KeysBefore(string.CompareOrdinal(start, prefix) < 0 ? prefix : start);
        var page = new StringBuilder("<ListBucketResult>");
        for (; left > 0 && IsBelow(place); left--)
        {
            place = Add(page, place);
        }

        return Encoding.UTF8.GetBytes(page
            .Append(IsBelow(place)
                ? "<IsTruncated>true</IsTruncated>"
                    + $"<NextContinuationToken>{objects.KeyAt(place)}</NextContinuationToken>"
                : "<IsTruncated>false</IsTruncated>")
            .Append("</ListBucketResult>").ToString());

        bool IsBelow(int at) => at < objects.Count && objects.KeyAt(at).StartsWith(prefix, StringComparison.Ordinal);

        int Add(StringBuilder xml, int at)
        {
            string key = objects.KeyAt(at);
            int folder = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            if (folder >= 0)
            {
                xml.Append("<CommonPrefixes><Prefix>").Append(key, 0, folder + 1).Append("</Prefix></CommonPrefixes>");
                return objects.KeysBefore(key[..folder] + (char)(key[folder] + 1));
            }

            xml.Append(
                CultureInfo.InvariantCulture,
                $"<Contents><Key>{key}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{objects.ETagAt(at).Replace("\"", "&quot;", StringComparison.Ordinal)}</ETag>")
                .Append(CultureInfo.InvariantCulture, $"<Size>{objects.SizeAt(at)}</Size>")
                .Append("<StorageClass>STANDARD</StorageClass></Contents>");
            return at + 1;
        }
    }
}
