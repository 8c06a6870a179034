using System.Runtime.ExceptionServices;
using CloudTrailAggregation.Storage;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>What the footer of a Parquet file in a store tells.</summary>
/// <param name="Rows">Rows in the file.</param>
/// <param name="Metadata">Its key-value metadata.</param>
public sealed record ParquetFooter(long Rows, IReadOnlyDictionary<string, string> Metadata)
{
    /// <exception cref="AggregationException">The object is not a Parquet file, or cannot be read.</exception>
    public static ParquetFooter Read(IObjectStore store, StoredObject file, CancellationToken cancellation)
    {
        using var stream = new StoredObjectStream(store, file, cancellation);
        try
        {
            using var reader = new ParquetFileReader(stream, leaveOpen: true);
            using var metadata = reader.FileMetaData;
            return new ParquetFooter(metadata.NumRows, metadata.KeyValueMetadata);
        }
        catch (Exception) when (stream.Failure is { } failure and (AggregationException or OperationCanceledException))
        {
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
        catch (Exception error) when (error is ParquetException or InvalidOperationException)
        {
            throw new AggregationException($"{store.UriOf(file.Key)} is not a whole Parquet file ({error.Message.Split('\n')[0]}), so what it holds is not known. Move it away, or say \"replace\": true to replace it.", error);
        }
    }
}
