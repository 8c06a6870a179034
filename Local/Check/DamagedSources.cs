using System.Globalization;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The damaged objects that the month's files leave out. Only where the files' metadata has some is each object first
/// unpacked to its end.
/// </summary>
internal sealed class DamagedSources
{
    private const string CountKey = "cloudtrail_aggregation.damaged_objects_so_far";

    private const int MaxNamed = 5;

    private readonly List<string> _found = [];
    private readonly long _expected;

    private DamagedSources(long expected) => _expected = expected;

    /// <summary>Reads from the last file of the month how many objects it leaves out.</summary>
    /// <exception cref="DifferenceException">The metadata has no number in its place.</exception>
    public static DamagedSources Of(
        IObjectStore destination, IEnumerable<StoredObject> files, CancellationToken cancellation)
    {
        if (files.LastOrDefault() is not { Key: not null } last)
        {
            return new DamagedSources(0);
        }

        using var table = new ParquetTable(destination, last, cancellation);
        string text = table.Metadata.GetValueOrDefault(CountKey, "0");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long expected)
            ? new DamagedSources(expected)
            : throw new DifferenceException(
                $"{table.Uri}, metadata {CountKey}: {text} is not a number.");
    }

    /// <summary>Whether the month's files leave the object out, because it is damaged.</summary>
    public async Task<bool> HasAsync(IObjectStore store, StoredObject stored, CancellationToken cancellation)
    {
        if (_expected == 0)
        {
            return false;
        }

        string uri = store.UriOf(stored.Key);
        try
        {
            await using var text = new SourceText(await store.OpenAsync(stored, cancellation), uri);
            await ReadToEndAsync(text, cancellation);
            return false;
        }
        catch (DamagedObjectException)
        {
            _found.Add(uri);
            return true;
        }
    }

    /// <exception cref="DifferenceException">The month's files leave objects out.</exception>
    public void Check()
    {
        if (_expected != _found.Count)
        {
            throw new DifferenceException(
                $"The month's files leave out {_expected} damaged objects, and {_found.Count} are damaged: "
                + $"{Names()}. Run aggregate again.");
        }

        if (_expected > 0)
        {
            throw new DifferenceException(
                $"{Quantity.Of(_expected, "damaged object")} left out: {Names()}. "
                + "Every event of the remaining objects is in the month's files. "
                + "Copy or gather the damaged ones again, and run aggregate again.");
        }
    }

    private string Names() => string.Join(", ", _found.Take(MaxNamed)) + (_found.Count > MaxNamed ? ", ..." : "");

    private static async Task ReadToEndAsync(SourceText text, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 16];
        int read = -1;
        while (read != 0)
        {
            if (!text.TryRead(buffer, out read))
            {
                await text.RefillAsync(cancellation);
                read = -1;
            }
        }
    }
}
