using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>The rows of a month's numbered files, one after the other, as one table.</summary>
internal sealed class MonthRows(
    IObjectStore store, IReadOnlyList<StoredObject> files, CancellationToken cancellation) : IDisposable
{
    private const string AnotherTool = "This version of the tool did not write the file: run aggregate again.";

    private readonly List<FileRead> _read = [];
    private ParquetTable? _table;
    private long _rows;

    /// <summary>The current row; null before the first and after the last.</summary>
    public ParquetRows? Current { get; private set; }

    /// <summary>The current row's file and number, for messages.</summary>
    public string Position => $"{_table!.Uri}, row {Current!.Row}";

    /// <summary>The files that were read to the end.</summary>
    public IReadOnlyList<FileRead> Read => _read;

    /// <summary>Moves to the next row.</summary>
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

        // Files of older versions have no derived columns.
        int columns = _table.Columns.Count <= EventSchema.FirstDerived
            ? EventSchema.FirstDerived
            : EventSchema.Columns.Length;
        foreach (var (at, column) in EventSchema.Columns.Take(columns).Index())
        {
            string type = column.Kind switch
            {
                ColumnKind.Timestamp => "timestamp (ms, UTC)",
                ColumnKind.Boolean => "boolean",
                _ => "string",
            };
            var found = _table.Columns.ElementAtOrDefault(at);
            if (found?.Name != column.Name || found.Type != type)
            {
                string instead = found is null ? "is missing" : $"is {found.Name}, a {found.Type}";
                throw new DifferenceException(
                    $"{_table.Uri}: column {at + 1} should be {column.Name}, a {type}; it {instead}. {AnotherTool}");
            }
        }

        if (_table.Columns.Count > EventSchema.Columns.Length)
        {
            string extra = _table.Columns[EventSchema.Columns.Length].Name;
            throw new DifferenceException($"{_table.Uri}: there is one column too many, {extra}. {AnotherTool}");
        }

        Current = _table.ReadRows([.. Enumerable.Range(0, columns)]);
    }

    private void Close()
    {
        if (_table is null)
        {
            return;
        }

        _read.Add(new FileRead(_table.Uri, _rows, _table.Metadata));
        Current!.Dispose();
        _table.Dispose();
        (Current, _table) = (null, null);
    }
}

/// <summary>A file that was read to the end.</summary>
/// <param name="Uri">The file.</param>
/// <param name="RowsSoFar">Rows of this file and of the files before it.</param>
/// <param name="Values">Its key-value metadata.</param>
internal sealed record FileRead(string Uri, long RowsSoFar, IReadOnlyDictionary<string, string> Values);
