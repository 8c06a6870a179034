using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>What exists before a run: the unit's sources, and the outputs of earlier runs.</summary>
/// <param name="Unit">The unit to write.</param>
/// <param name="Sources">The objects to read.</param>
/// <param name="ParquetFiles">The unit's Parquet files, by key in ordinal order.</param>
/// <param name="RejectFiles">The unit's reject files, by key in ordinal order.</param>
/// <param name="Fingerprint">A hash of all that decides the output's bytes: 32 hexadecimal digits.</param>
internal sealed record RunPlan(
    Unit Unit,
    SourceListing Sources,
    IReadOnlyDictionary<string, StoredObject> ParquetFiles,
    IReadOnlyDictionary<string, StoredObject> RejectFiles,
    string Fingerprint)
{
    /// <exception cref="AggregationException">
    /// A store cannot be listed, or an object is archived that the run would have to read.
    /// </exception>
    public static async Task<RunPlan> MakeAsync(
        Unit unit, IObjectStore source, IObjectStore destination, RunOptions options, CancellationToken cancellation)
    {
        var sources = await SourceListing.ReadAsync(unit, source, cancellation);
        ArchivedObjects.CheckSources(sources.Objects, source, unit);
        var parquetFiles = await OutputKeys.ListAsync(
            destination, OutputKeys.ParquetPrefix(unit), OutputKeys.ParquetSuffix, cancellation);
        if (!options.Replace)
        {
            ArchivedObjects.CheckOutputs(parquetFiles.Values, destination);
        }

        var rejectFiles = await OutputKeys.ListAsync(
            destination, OutputKeys.RejectPrefix(unit), OutputKeys.RejectSuffix, cancellation);
        return new RunPlan(unit, sources, parquetFiles, rejectFiles, FingerprintOf(unit, sources, options));
    }

    /// <summary>
    /// The output of an earlier run at a key, or null. Completing a new output at that key is conditional on it.
    /// </summary>
    public StoredObject? ExistingAt(string key) =>
        ParquetFiles.TryGetValue(key, out var file) || RejectFiles.TryGetValue(key, out file) ? file : null;

    /// <summary>
    /// Hashes all that decides the output: tool version, unit, settings, and each source's key, size and ETag.
    /// </summary>
    private static string FingerprintOf(Unit unit, SourceListing sources, RunOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(string.Create(
            CultureInfo.InvariantCulture,
            $"{ToolVersion.Text} {unit} {options.RowsPerFile} {options.Codec} {options.Deduplicate} "
            + $"{options.DamagedObjects}"));
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
