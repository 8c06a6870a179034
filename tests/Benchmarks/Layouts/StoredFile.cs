using System.Buffers.Binary;
using ParquetSharp;

namespace CloudTrailAggregation.Benchmarks.Layouts;

/// <summary>The sizes of a Parquet file, in bytes.</summary>
internal sealed class StoredFile
{
    public StoredFile(string path)
    {
        using var file = new ParquetFileReader(path);
        Bytes = new FileInfo(path).Length;
        FooterBytes = ReadFooterBytes(path);
        ColumnBytes = new long[file.FileMetaData.NumColumns];
        for (int index = 0; index < file.FileMetaData.NumRowGroups; index++)
        {
            using var rowGroup = file.RowGroup(index);
            for (int column = 0; column < ColumnBytes.Length; column++)
            {
                ColumnBytes[column] += rowGroup.MetaData.GetColumnChunkMetaData(column).TotalCompressedSize;
            }
        }
    }

    public long Bytes { get; }

    public long FooterBytes { get; }

    /// <summary>The bytes of each column, compressed.</summary>
    public long[] ColumnBytes { get; }

    private static long ReadFooterBytes(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> end = stackalloc byte[8];
        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        return BinaryPrimitives.ReadUInt32LittleEndian(end);
    }
}
