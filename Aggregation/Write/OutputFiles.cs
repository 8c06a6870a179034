using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Write;

/// <summary>Writes the Parquet files of a run, staged: no reader sees them before they are completed.</summary>
/// <param name="destination">The store that takes the files.</param>
/// <param name="plan">The plan of the run.</param>
/// <param name="options">The rows of a file and the compression.</param>
/// <param name="forEach">The loop that encodes columns in parallel.</param>
/// <param name="cancellation">Ends a write that waits for the store.</param>
internal sealed class OutputFiles(
    IObjectStore destination, RunPlan plan, RunOptions options, ParallelLoop forEach, CancellationToken cancellation)
    : IAsyncDisposable
{
    private readonly List<StagedFile> _files = [];
    private IStagedObject? _staged;
    private ParquetSink? _sink;
    private Dictionary<string, string> _metadata = [];
    private RecordCounts _counts;
    private NamedObjects _damaged = new(0, []);

    /// <summary>The files closed so far, in order.</summary>
    public IReadOnlyList<StagedFile> Closed => _files;

    /// <summary>The rows of all files together.</summary>
    public long Rows { get; private set; }

    /// <summary>Writes the events of batches, which are not in use after the call.</summary>
    public void Append(IReadOnlyList<EventBatch> batches)
    {
        foreach (var batch in batches)
        {
            Append(batch);
        }

        _sink?.Encode();
    }

    /// <summary>Closes the last file.</summary>
    /// <param name="withoutRows">Whether a unit without events has a file of 0 rows.</param>
    /// <param name="rejectFileBytes">The bytes of the unit's reject file, which the last file keeps.</param>
    public void Close(bool withoutRows, long rejectFileBytes)
    {
        if (withoutRows && _files.Count == 0)
        {
            _sink ??= Open();
        }

        if (_sink is not null)
        {
            OutputMetadata.WriteLast(_metadata, rejectFileBytes);
            CloseFile();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sink?.Dispose();

        // All at the same time, because each abort may have to wait for a server that does not answer.
        var staged = _files.Select(file => file.Staged).Append(_staged).OfType<IStagedObject>();
        await Task.WhenAll(staged.Select(file => file.DisposeAsync().AsTask()));
    }

    private void Append(EventBatch batch)
    {
        for (int first = 0; first < batch.Columns.Rows;)
        {
            _sink ??= Open();
            long fitting = options.RowsPerFile == 0 ? int.MaxValue : options.RowsPerFile - _sink.Rows;
            int rows = (int)Math.Min(batch.Columns.Rows - first, fitting);
            _sink.Append(batch.Columns, first, rows);
            first += rows;
            Rows += rows;
            if (_sink.Rows == options.RowsPerFile)
            {
                CloseFile();
            }
        }

        _counts = batch.CountsAfter;
        _damaged = batch.DamagedAfter;
    }

    private ParquetSink Open()
    {
        string key = OutputKeys.Parquet(plan.Unit, _files.Count);
        _staged = destination.Stage(key, "application/vnd.apache.parquet", cancellation);
        _metadata = [];
        return new ParquetSink(_staged.Content, options.Codec, forEach, _metadata);
    }

    private void CloseFile()
    {
        OutputMetadata.Write(_metadata, plan, Rows, _counts, _damaged);
        _sink!.Close();
        _files.Add(new StagedFile(_staged!, _sink.Rows, _sink.BytesWritten));
        _sink.Dispose();
        (_sink, _staged) = (null, null);
    }
}

/// <summary>A staged Parquet file that is closed.</summary>
internal sealed record StagedFile(IStagedObject Staged, long Rows, long Bytes);
