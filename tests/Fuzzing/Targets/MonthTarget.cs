using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.CloudTrail;
using CloudTrailAggregation.Tests.Events;
using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Runs a whole month: the input in one day's folder and its second half again in the next day's. DuckDB reads the
/// rows, and every record must be a row, a reject, or a duplicate.
/// </summary>
internal sealed class MonthTarget : ITarget, IDisposable
{
    private static readonly Month Month = new(2024, 2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fuzzing");

    public string Name => "month";

    public byte[] Generate(Random dice, Corpus corpus)
    {
        var text = new MemoryStream();
        for (int texts = dice.Next(1, 40); texts > 0; texts--)
        {
            byte[] records = dice.Next(40) == 0
                ? corpus.Containers(dice, containers: 1)
                : corpus.Text(dice, lines: dice.Next(1, 4));
            text.Write(Mutator.Mutate(records, dice, corpus));
            text.Write(texts % 5 == 0 ? "\r\n"u8 : "\n"u8);
        }

        return text.ToArray();
    }

    public void Run(byte[] input)
    {
        byte[] first = input is [0x1F, ..] ? input[1..] : input;
        byte[] second = first[(first.Length / 2)..];
        Write("in/2024/02/01/000000.ndjson.gz", GzipMember.Of(first));
        Write("in/2024/02/02/000000.ndjson", second is [0x1F, ..] ? second[1..] : second);
        var expected = ExpectedMonth.Of(first, second is [0x1F, ..] ? second[1..] : second);
        var source = new DirectoryStore(Path.Combine(_directory.FullName, "in"));
        var destination = new DirectoryStore(Path.Combine(_directory.FullName, "out"));
        int threads = (input.Length % 3) switch { 0 => 1, 1 => 2, _ => 6 };
        var options = new RunOptions { MaxRejectedPercent = 100, Replace = true, Threads = threads };

        RunReport report;
        try
        {
            report = new AggregationRun(source, destination, options, TimeProvider.System)
                .RunAsync(new Unit(Month), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (AggregationException refused) when (expected.MayBeRefused(refused))
        {
            return;
        }

        Assert.False(expected.IsDamaged, "a damaged object is read");
        Check(expected, report);
        Directory.Delete(Path.Combine(_directory.FullName, "out"), recursive: true);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static void Check(ExpectedMonth expected, RunReport report)
    {
        Assert.Equal(
            (expected.Records, expected.Events.Count, expected.Duplicates, expected.Rejects.Count),
            (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(report.Lines, report.Events + report.Duplicates + report.Rejects);

        var rows = DuckDbRows.Read([.. report.Outputs.Select(output => File.ReadAllBytes(output.Uri))]);
        Assert.Equal(expected.Events.Count, rows.Count);
        foreach (var (line, row) in expected.Events.Zip(rows))
        {
            RebuiltEvent.AssertEqual(line, row);
        }

        var rejects = report.RejectFile is null ? [] : KeptReject.Parse(File.ReadAllBytes(report.RejectFile));
        Assert.Equal(
            expected.Rejects.Select(record => (record.InContainer, record.Number)),
            rejects.Select(reject => (reject.InContainer, reject.Line)));
        Assert.All(expected.Rejects.Zip(rejects), pair => Assert.True(
            pair.First.Text.AsSpan().SequenceEqual(pair.Second.Bytes), $"reject {pair.First.Number} differs"));
    }

    private void Write(string key, byte[] bytes)
    {
        string path = Path.Combine(_directory.FullName, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
