using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>The rows of a month's numbered files, one after the other, as one table.</summary>
internal sealed class MonthRows(IObjectStore store, IReadOnlyList<StoredObject> files, CancellationToken cancellation) : IDisposable
{
    private static readonly int[] AllColumns = [.. Enumerable.Range(0, EventSchema.Columns.Length)];

    private readonly List<CheckedFile> _read = [];
    private ParquetTable? _table;
    private long _rows;

    /// <summary>The row it is at.</summary>
    public ParquetRows? Current { get; private set; }

    /// <summary>Where that is: file and row.</summary>
    public string Position => $"{_table!.Uri}, row {Current!.Row}";

    /// <summary>The files read to their ends.</summary>
    public IReadOnlyList<CheckedFile> Read => _read;

    /// <summary>Goes on to the next row.</summary>
    /// <returns>False at the end of the last file.</returns>
    /// <exception cref="AggregationException">A file is damaged, or has other columns.</exception>
    public bool MoveNext()
    {
        while (Current is null || !Current.MoveNext())
        {
            Close();
            if (_read.Count == files.Count)
            {
                return false;
            }

            Open(files[_read.Count]);
        }

        _rows++;
        return true;
    }

    public void Dispose()
    {
        Current?.Dispose();
        _table?.Dispose();
    }

    private void Open(StoredObject file)
    {
        _table = new ParquetTable(store, file, cancellation);
        foreach (var (at, column) in EventSchema.Columns.Index())
        {
            string type = column.Kind switch
            {
                ColumnKind.Timestamp => "timestamp (ms, UTC)",
                ColumnKind.Boolean => "boolean",
                _ => "string",
            };
            if (_table.Columns.ElementAtOrDefault(at) is var found && (found?.Name != column.Name || found.Type != type))
            {
                throw new DifferenceException($"{_table.Uri}: column {at + 1} should be {column.Name}, a {type}; it is {(found is null ? "not there" : $"{found.Name}, a {found.Type}")}. This tool writes other files.");
            }
        }

        if (_table.Columns.Count > EventSchema.Columns.Length)
        {
            throw new DifferenceException($"{_table.Uri}: there is a column too many, {_table.Columns[EventSchema.Columns.Length].Name}. This tool writes other files.");
        }

        Current = _table.ReadRows(AllColumns);
    }

    private void Close()
    {
        if (_table is null)
        {
            return;
        }

        _read.Add(new CheckedFile(_table.Uri, _rows, _table.Metadata));
        Current!.Dispose();
        _table.Dispose();
        (Current, _table) = (null, null);
    }
}

/// <summary>A file read to its end.</summary>
/// <param name="Uri">The file.</param>
/// <param name="RowsSoFar">Rows in it and in those before it.</param>
/// <param name="Values">Its key-value metadata.</param>
internal sealed record CheckedFile(string Uri, long RowsSoFar, IReadOnlyDictionary<string, string> Values);
