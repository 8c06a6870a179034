using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage.Directories;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>
/// The stream that ParquetSharp reads from: it fetches the last MiB of an object once, and other ranges on request.
/// </summary>
public sealed class ParquetInputTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("stream");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(3 * MiB, 0, 8)]
    [InlineData(3 * MiB, 1, 1)]
    [InlineData(3 * MiB, 12_345, 100_000)]
    [InlineData(3 * MiB, (2 * MiB) - 100, 100)]
    [InlineData(3 * MiB, (2 * MiB) - 1, 2)]
    [InlineData(3 * MiB, (2 * MiB) - 50, 100)]
    [InlineData(3 * MiB, 0, 3 * MiB)]
    [InlineData(3 * MiB, 2 * MiB, MiB)]
    [InlineData(3 * MiB, (2 * MiB) + 1, 100)]
    [InlineData(3 * MiB, (3 * MiB) - 8, 8)]
    [InlineData(3 * MiB, (3 * MiB) - 8, 100)]
    [InlineData(3 * MiB, 3 * MiB, 1)]
    [InlineData(1_000, 0, 1_000)]
    [InlineData(1_000, 992, 8)]
    public async Task A_range_before_across_and_in_the_tail_is_the_objects_own_bytes(int size, int offset, int length)
    {
        byte[] bytes = new byte[size], read = new byte[length];
        new Random(size).NextBytes(bytes);
        var store = new DirectoryStore(_directory.FullName);
        await using var stream = new ParquetInput(store, await store.PutAsync("k", bytes), Cancellation);

        stream.Position = offset;
        int count = stream.Read(read);

        Assert.Equal(Math.Min(length, size - offset), count);
        Assert.True(
            bytes.AsSpan(offset, count).SequenceEqual(read.AsSpan(0, count)),
            $"The bytes differ from those from {offset} to {offset + count}.");
        Assert.Equal(offset + count, stream.Position);
    }

    [Fact]
    public async Task A_position_is_counted_from_the_begin_the_current_one_and_the_end()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6];
        var store = new DirectoryStore(_directory.FullName);
        await using var stream = new ParquetInput(store, await store.PutAsync("k", bytes), Cancellation);

        int[] read =
        [
            ByteAt(2, SeekOrigin.Begin), ByteAt(1, SeekOrigin.Current), ByteAt(-1, SeekOrigin.End),
            ByteAt(-2, SeekOrigin.Current),
        ];

        Assert.Equal([3, 5, 6, 5], read);

        int ByteAt(long offset, SeekOrigin origin)
        {
            stream.Seek(offset, origin);
            return stream.ReadByte();
        }
    }
}
