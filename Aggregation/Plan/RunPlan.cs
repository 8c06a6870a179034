using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>What there is before a run: the month's sources, and the outputs that stand there now.</summary>
internal sealed record RunPlan(
    Unit Unit,
    SourceListing Sources,
    IReadOnlyDictionary<string, StoredObject> ParquetFiles,
    IReadOnlyDictionary<string, StoredObject> RejectFiles,
    string Fingerprint)
{
    public static async Task<RunPlan> MakeAsync(
        Unit unit, IObjectStore source, IObjectStore destination, RunOptions options, CancellationToken cancellation)
    {
        var sources = await SourceListing.ReadAsync(unit, source, cancellation);
        ArchivedObjects.CheckSources(sources.Objects, source, unit);
        var standing = await OutputKeys.ListAsync(destination, OutputKeys.ParquetPrefix(unit), OutputKeys.ParquetSuffix, cancellation);
        if (!options.Replace)
        {
            ArchivedObjects.CheckStanding(standing.Values, destination);
        }

        return new RunPlan(
            unit,
            sources,
            standing,
            await OutputKeys.ListAsync(destination, OutputKeys.RejectPrefix(unit), OutputKeys.RejectSuffix, cancellation),
            FingerprintOf(unit, sources, options));
    }

    /// <summary>What stands at an output's key now, which its completion is conditional on.</summary>
    public StoredObject? StandingAt(string key) =>
        ParquetFiles.TryGetValue(key, out var file) || RejectFiles.TryGetValue(key, out file) ? file : null;

    /// <summary>A hash of all that decides the output: month, settings, and each source's key, size and ETag.</summary>
    private static string FingerprintOf(Unit unit, SourceListing sources, RunOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(string.Create(CultureInfo.InvariantCulture, $"{ToolVersion.Text} {unit} {options.RowsPerFile} {options.Codec} {options.Deduplicate}"));
        foreach (var source in sources.Objects)
        {
            Append(source.Key);
            Append(source.Size.ToString(CultureInfo.InvariantCulture));
            Append(source.ETag);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];

        void Append(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
