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
/// <param name="Existing">
/// What the Parquet files hold; null where there are none, or where the run may replace them whatever they hold.
/// </param>
/// <param name="Conflicts">
/// The files of the other kind of unit, which the run replaces: see <see cref="WrittenFiles.Conflicts"/>.
/// </param>
/// <param name="Selection">What is selected, as the metadata of the run's files keeps it.</param>
/// <param name="Deduplicate">Whether exact copies of a record are dropped.</param>
/// <param name="Started">When the run started, which decides the open days of a trail.</param>
/// <param name="Fingerprint">A hash of all that decides the output's bytes: 32 hexadecimal digits.</param>
internal sealed record RunPlan(
    Unit Unit,
    SourceListing Sources,
    IReadOnlyDictionary<string, StoredObject> ParquetFiles,
    IReadOnlyDictionary<string, StoredObject> RejectFiles,
    ExistingFiles? Existing,
    IReadOnlyList<string> Conflicts,
    IReadOnlyList<(string Name, string Value)> Selection,
    bool Deduplicate,
    DateTimeOffset Started,
    string Fingerprint)
{
    /// <summary>
    /// How often the existing files are listed at most, if another run replaces them before their footers are read.
    /// </summary>
    private const int MaxListings = 3;

    /// <param name="unit">The unit to write.</param>
    /// <param name="source">The store to read.</param>
    /// <param name="destination">The store that has the outputs of earlier runs.</param>
    /// <param name="options">The settings of the run.</param>
    /// <param name="listed">
    /// The sources of a day as its month's run has listed them; null where the unit's run lists its own.
    /// </param>
    /// <param name="isOfMonth">Whether a day is run together with all days of its month.</param>
    /// <param name="started">When the run started, which decides the open days of a trail.</param>
    /// <param name="cancellation">Ends the listings.</param>
    /// <exception cref="AggregationException">
    /// A store cannot be listed, an object is archived that the run would have to read, or the existing files are of
    /// another selection or cannot be read, and the run may not replace such files.
    /// </exception>
    public static async Task<RunPlan> MakeAsync(
        Unit unit,
        IObjectStore source,
        IObjectStore destination,
        RunOptions options,
        SourceListing? listed,
        bool isOfMonth,
        DateTimeOffset started,
        CancellationToken cancellation)
    {
        // Both run at the same time, because each waits for its store.
        var listing = listed is null
            ? new SourceDiscovery(source, options.Selection, started, options.Deduplicate)
                .ListAsync(unit, cancellation)
            : Task.FromResult(listed);
        var listingWritten = WrittenFiles.ListAsync(destination, unit, cancellation);
        await Concurrent.WhenAllAsync(listing, listingWritten);

        var (sources, written) = (await listing, await listingWritten);
        ArchivedObjects.CheckSources(sources);
        var selection = SelectionMetadata.Of(sources.Root, sources.Selection, options.Deduplicate);
        if (!options.Replace || (unit.IsDay && !isOfMonth))
        {
            WrittenFiles.RequireNone(written.Conflicts, destination, unit);
        }

        ExistingFiles? existing = null;
        if (!options.Replace && (sources.Count > 0 || unit.IsDay))
        {
            (written, existing) = await ReadExistingAsync(unit, destination, written, cancellation);
            existing?.CheckSelection(selection);
        }

        return new RunPlan(
            unit,
            sources,
            written.Parquet,
            written.Rejects,
            existing,
            written.Conflicts,
            selection,
            options.Deduplicate,
            started,
            FingerprintOf(unit, sources, selection, options));
    }

    /// <summary>
    /// Whether the unit is committed even without a record: a day keeps its fingerprint in a file of 0 rows, so that it
    /// is not read again.
    /// </summary>
    public bool IsCommittedEmpty => Unit.IsDay && (Sources.Count > Sources.OfDayBefore || ParquetFiles.Count > 0);

    /// <summary>
    /// Whether the existing files are what the run would write, so that it need not read its sources. Not if a file was
    /// written before the unit ended, and it has ended in the meantime: a file that was written afterwards tells that
    /// the unit is complete.
    /// </summary>
    /// <param name="rowsPerFile">The maximum number of rows in a file; 0 for no limit.</param>
    public bool IsDone(long rowsPerFile) =>
        Existing is { } existing
        && existing.AreOf(Fingerprint)
        && existing.AreComplete(Unit, rowsPerFile)
        && RejectFiles.Values.Select(file => (file.Key, file.Size)).SequenceEqual(RejectFilesOf(existing))
        && (Started < Unit.End || existing.Files.All(file => file.Stored.Modified >= Unit.End));

    /// <summary>Lists the same layout, accounts, regions and days again.</summary>
    /// <exception cref="AggregationException">The source cannot be listed.</exception>
    public Task<SourceListing> ListAgainAsync(IObjectStore source, CancellationToken cancellation) =>
        new SourceDiscovery(source, Sources.Selection, Started, Deduplicate).ListAsync(Unit, cancellation);

    /// <summary>
    /// The output of an earlier run at a key, or null. Completing a new output at that key is conditional on it.
    /// </summary>
    public StoredObject? ExistingAt(string key) =>
        ParquetFiles.TryGetValue(key, out var file) || RejectFiles.TryGetValue(key, out file) ? file : null;

    /// <summary>The key and the bytes of the reject file of the run that wrote the existing files.</summary>
    private (string, long)[] RejectFilesOf(ExistingFiles existing) =>
        existing.RejectFileBytes == 0 ? [] : [(OutputKeys.Reject(Unit, 0), existing.RejectFileBytes)];

    /// <summary>Reads the footers of the existing files; lists them again if another run replaces them.</summary>
    private static async Task<(WrittenFiles Written, ExistingFiles? Existing)> ReadExistingAsync(
        Unit unit, IObjectStore destination, WrittenFiles written, CancellationToken cancellation)
    {
        for (int listings = 1; ; listings++)
        {
            if (written.Parquet.Count == 0)
            {
                return (written, null);
            }

            ArchivedObjects.CheckOutputs(written.Parquet.Values, destination);
            try
            {
                return (
                    written, await ExistingFiles.ReadAsync(destination, unit, written.Parquet, cancellation));
            }
            catch (CommitLostException) when (listings < MaxListings)
            {
                // Another run has just replaced them, and this one has read nothing yet. The conflicts stay those of
                // the first listing, which were checked: the commit finds the ones that have come since.
                var now = await WrittenFiles.ListAsync(destination, unit, cancellation);
                written = now with { Conflicts = written.Conflicts };
            }
        }
    }

    /// <summary>
    /// Hashes all that decides the output: the versions of the tool and of its files' format, unit, settings, the
    /// selection, and each source's key, size and ETag.
    /// </summary>
    private static string FingerprintOf(
        Unit unit,
        SourceListing sources,
        IReadOnlyList<(string Name, string Value)> selection,
        RunOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, string.Create(
            CultureInfo.InvariantCulture,
            $"{ToolVersion.Text} {FileFormat.Version} {unit} {options.RowsPerFile} {options.Codec} "
                + $"{options.DamagedObjects}"));
        foreach (var (name, value) in selection)
        {
            Append(hash, $"{name} {value}");
        }

        var cursor = sources.Start();
        while (cursor.Next())
        {
            var entry = cursor.Entry;
            Append(hash, cursor.Key);
            Append(hash, string.Create(CultureInfo.InvariantCulture, $"{entry.Flags} {entry.Size}"));
            Append(hash, entry.ETag);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static void Append(IncrementalHash hash, string text) => Append(hash, Encoding.UTF8.GetBytes(text));

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
