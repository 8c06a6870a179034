using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.SampleData;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The bytes of a file change only together with the version of its format.</summary>
public sealed class FileFormatTests() : MonthTest(new DirectoryMonthStores())
{
    private const int RecordedVersion = 1;
    private const string RecordedHash = "39abb32e2ce0631a04f9b55bebf36acd367964672db1304e79ae16ce063530c0";

    [Fact]
    public async Task The_same_source_gives_the_recorded_bytes_or_another_version_of_the_format()
    {
        await PutSampleAsync(JsonStyle.Stage1);
        await PutSampleAsync(JsonStyle.Compact);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var codec in (Codec[])[Codec.Zstd, Codec.None])
        {
            var result = await RunAsync(new RunOptions { Codec = codec, RowsPerFile = 4000, Replace = true });

            Assert.Equal(2, result.Files.Count);
            foreach (byte[] file in result.Files)
            {
                hash.AppendData(PagesOf(file));
                var names = DuckDbRows.Metadata(file).Keys.Order(StringComparer.Ordinal);
                hash.AppendData(Encoding.UTF8.GetBytes(string.Join(' ', names)));
            }

            foreach (var reject in result.Rejects)
            {
                string place = reject.Source[Source.Root.Length..];
                hash.AppendData(Encoding.UTF8.GetBytes($"{place} {reject.Line} {reject.Error}"));
                hash.AppendData(reject.Bytes);
            }
        }

        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(
            (RecordedVersion, RecordedHash) == (FileFormat.Version, actual),
            $"The same source gives other bytes. Raise FileFormat.Version ({FileFormat.Version}) unless that was done "
            + $"since the last release, and record the version and the hash here: {actual}");
    }

    private async Task PutSampleAsync(JsonStyle style)
    {
        var sample = new SampleMonth(new SampleArguments(new DateOnly(2024, 2, 1), 3000)
        {
            DuplicatesPercent = 5,
            LatePercent = 1,
            BadLinesPercent = 0.2m,
            Style = style,
            Seed = (int)style + 7,
        });
        foreach (var day in sample.Lines().GroupBy(line => line.Day))
        {
            var text = new MemoryStream();
            foreach (var line in day)
            {
                text.Write(line.Bytes.Span);
                text.WriteByte((byte)'\n');
            }

            await PutTextAsync($"2024/02/{day.Key.Day:D2}/{style}.ndjson", text.ToArray());
        }
    }

    /// <summary>
    /// All of a file before its footer: pages, dictionaries and page indexes. The footer has the fingerprint and the
    /// place of the source.
    /// </summary>
    private static ReadOnlySpan<byte> PagesOf(byte[] file) =>
        file.AsSpan(0, file.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8)));
}
