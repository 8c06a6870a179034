using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>What the existing Parquet files of a unit say of themselves in their footers.</summary>
/// <param name="First">The URI of the first file.</param>
/// <param name="Metadata">The key-value metadata of the first file.</param>
/// <param name="Events">
/// The rows of all files that carry the first one's fingerprint: the events of one run. In files that this tool did not
/// write, duplicates are among them.
/// </param>
internal sealed record ExistingFiles(string First, IReadOnlyDictionary<string, string> Metadata, long Events)
{
    /// <summary>The maximum number of characters of a value in a message.</summary>
    private const int MaxShown = 200;

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
            Footer[] footers = [.. files.Values.Select(file => ReadFooter(destination, file, cancellation))];
            string? run = footers[0].Run;
            return new ExistingFiles(
                destination.UriOf(files.Keys.First()),
                footers[0].Metadata,
                footers.Where(footer => footer.Run == run).Sum(footer => footer.Rows));
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

    private static Footer ReadFooter(IObjectStore destination, StoredObject file, CancellationToken cancellation)
    {
        try
        {
            using var table = new ParquetTable(destination, file, cancellation);
            return new Footer(table.Rows, table.Metadata);
        }
        catch (NotParquetException damaged)
        {
            throw new AggregationException(
                $"{damaged.Message} So what it holds is not known. "
                + "Move it away, or say \"replace\": true (--replace) to replace it.", damaged);
        }
    }

    private static string Short(string value) => value.Length > MaxShown ? value[..MaxShown] + " …" : value;

    private sealed record Footer(long Rows, IReadOnlyDictionary<string, string> Metadata)
    {
        public string? Run => Metadata.GetValueOrDefault(MetadataNames.Run);
    }
}
