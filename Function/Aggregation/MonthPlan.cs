using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>What there is before a run: the month's sources, and the outputs that stand there now.</summary>
internal sealed record MonthPlan(
    Month Month,
    SourceListing Sources,
    IReadOnlyDictionary<string, StoredObject> ParquetFiles,
    IReadOnlyDictionary<string, StoredObject> RejectFiles,
    string Fingerprint)
{
    public static async Task<MonthPlan> MakeAsync(
        Month month, IObjectStore source, IObjectStore destination, AggregationOptions options, CancellationToken cancellation)
    {
        var sources = await SourceListing.ReadAsync(month, source, cancellation);
        ArchivedObjects.CheckSources(sources.Objects, source, month);
        var standing = await OutputKeys.ListAsync(destination, OutputKeys.ParquetPrefix(month), OutputKeys.ParquetSuffix, cancellation);
        if (!options.Replace)
        {
            ArchivedObjects.CheckStanding(standing.Values, destination);
        }

        return new MonthPlan(
            month,
            sources,
            standing,
            await OutputKeys.ListAsync(destination, OutputKeys.RejectPrefix(month), OutputKeys.RejectSuffix, cancellation),
            FingerprintOf(month, sources, options));
    }

    /// <summary>What stands at an output's key now, which its completion is conditional on.</summary>
    public StoredObject? StandingAt(string key) =>
        ParquetFiles.TryGetValue(key, out var file) || RejectFiles.TryGetValue(key, out file) ? file : null;

    /// <summary>A hash of all that decides the output: month, settings, and each source's key, size and ETag.</summary>
    private static string FingerprintOf(Month month, SourceListing sources, AggregationOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(string.Create(CultureInfo.InvariantCulture, $"{ToolVersion.Text} {month} {options.RowsPerFile} {options.Codec} {options.Deduplicate}"));
        foreach (var source in sources.Objects)
        {
            Append(source.Key);
            Append(source.Size.ToString(CultureInfo.InvariantCulture));
            Append(source.ETag);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];

        void Append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
