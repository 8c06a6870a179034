using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>What the existing Parquet files of a unit say of themselves in their footers.</summary>
/// <param name="First">The URI of the first file.</param>
/// <param name="Files">The files, at least one, by key in ordinal order.</param>
internal sealed record ExistingFiles(string First, IReadOnlyList<ExistingFile> Files)
{
    /// <summary>The maximum number of characters of a value in a message.</summary>
    private const int MaxShown = 200;

    /// <summary>The key-value metadata of the first file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => Files[0].Metadata;

    /// <summary>
    /// The rows of all files that carry the first one's fingerprint: the events of one run. In files that this tool did
    /// not write, duplicates are among them.
    /// </summary>
    public long Events => Files.Where(file => file.Run == Files[0].Run).Sum(file => file.Rows);

    /// <summary>The duplicates of the run that wrote the last file; 0 where this tool did not write it.</summary>
    public long Duplicates => Files[^1].Count(MetadataNames.Duplicates);

    /// <summary>Likewise, the rejects.</summary>
    public long Rejects => Files[^1].Count(MetadataNames.Rejects);

    /// <summary>Likewise, the bytes of its reject file; 0 for none.</summary>
    public long RejectFileBytes => Files[^1].Count(MetadataNames.RejectFileBytes);

    /// <summary>Likewise, the damaged objects that were skipped.</summary>
    public long DamagedObjects => Files[^1].Count(MetadataNames.DamagedObjects);

    /// <summary>Likewise, the URIs of the first damaged objects, escaped.</summary>
    public IReadOnlyList<string> FirstDamagedObjects =>
        Files[^1].Metadata.TryGetValue(MetadataNames.FirstDamagedObjects, out string? first) ? first.Split('\n') : [];

    /// <summary>Whether this tool wrote the first file.</summary>
    public bool AreOurs => Metadata.ContainsKey(MetadataNames.Run);

    /// <param name="destination">The store of the files.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="files">The files as listed, at least one.</param>
    /// <param name="cancellation">Ends the reads.</param>
    /// <exception cref="CommitLostException">Another run has replaced the files since they were listed.</exception>
    /// <exception cref="AggregationException">A file is archived, damaged or cannot be read.</exception>
    public static async Task<ExistingFiles> ReadAsync(
        IObjectStore destination,
        Unit unit,
        IReadOnlyDictionary<string, StoredObject> files,
        CancellationToken cancellation)
    {
        try
        {
            return new ExistingFiles(
                destination.UriOf(files.Keys.First()),
                [.. files.Values.Select(file => ExistingFile.Read(destination, file, cancellation))]);
        }
        catch (ArchivedObjectException archived)
        {
            throw ArchivedObjects.ArchivedOutput(archived.Uri, archived);
        }
        catch (AggregationException unread)
        {
            string prefix = OutputKeys.ParquetPrefix(unit);
            var now = await OutputKeys.ListAsync(destination, prefix, OutputKeys.ParquetSuffix, cancellation);
            if (now.SequenceEqual(files))
            {
                throw;
            }

            throw StoreError.Lost(destination.UriOf(prefix), StoreError.Replaced, unread);
        }
    }

    /// <summary>Whether all files are of the run with this fingerprint.</summary>
    public bool AreOf(string fingerprint) => Files.All(file => file.Run == fingerprint);

    /// <summary>
    /// Whether no file is missing, which a commit that broke off could have left. The last file of several is known by
    /// having fewer rows than a full one; one that is full could be followed by another.
    /// </summary>
    public bool AreComplete(Unit unit, long rowsPerFile) =>
        Files.Select(file => file.Stored.Key)
            .SequenceEqual(Enumerable.Range(0, Files.Count).Select(number => OutputKeys.Parquet(unit, number)))
        && (rowsPerFile == 0 ? Files.Count == 1 : Files[^1].Rows < rowsPerFile);

    /// <summary>
    /// Requires that the files were written from the same selection, if their metadata has one: in a growing month,
    /// fewer accounts could hide behind more events.
    /// </summary>
    /// <param name="selection">The names and values of <see cref="SelectionMetadata"/>.</param>
    /// <exception cref="AggregationException">They were written from another selection.</exception>
    public void CheckSelection(IReadOnlyList<(string Name, string Value)> selection)
    {
        List<string> differences = [];
        foreach (var (name, value) in selection)
        {
            if (Metadata.TryGetValue(MetadataNames.Prefix + name, out string? existing) && existing != value)
            {
                differences.Add($"{name} {Short(existing)} (now {Short(value)})");
            }
        }

        if (differences.Count > 0)
        {
            throw new AggregationException(
                $"{First}: it was written from another selection: {string.Join("; ", differences)}. Events could be "
                + "missing without notice. Nothing was replaced. Correct the settings, or say \"replace\": true "
                + "(--replace) to replace it.");
        }
    }

    private static string Short(string value) => value.Length > MaxShown ? value[..MaxShown] + " …" : value;
}

/// <summary>An existing Parquet file, with what its footer says.</summary>
/// <param name="Stored">The file as listed.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Metadata">The key-value metadata.</param>
internal sealed record ExistingFile(StoredObject Stored, long Rows, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The fingerprint of the run that wrote the file; null if this tool did not write it.</summary>
    public string? Run => Metadata.GetValueOrDefault(MetadataNames.Run);

    /// <exception cref="AggregationException">The file is damaged or cannot be read.</exception>
    public static ExistingFile Read(IObjectStore destination, StoredObject file, CancellationToken cancellation)
    {
        try
        {
            using var table = new ParquetTable(destination, file, cancellation);
            return new ExistingFile(file, table.Rows, table.Metadata);
        }
        catch (NotParquetException damaged)
        {
            throw new AggregationException(
                $"{damaged.Message} So what it holds is not known. "
                + "Move it away, or say \"replace\": true (--replace) to replace it.", damaged);
        }
    }

    /// <summary>A number of the metadata; 0 where there is none.</summary>
    public long Count(string name) =>
        Metadata.TryGetValue(name, out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;
}
