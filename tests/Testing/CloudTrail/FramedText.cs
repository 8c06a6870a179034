using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Source;
using Xunit;
using Record = CloudTrailAggregation.Framing.Record;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// The result of framing an object: its lines, joined again from their chunks, its elements, and its chunks in
/// words.
/// </summary>
internal sealed class FramedText
{
    private readonly List<byte> _fragments = [];

    public List<FramedLine> Lines { get; } = [];

    public List<string> Chunks { get; } = [];

    /// <summary>Frames an object as the aggregation does; the chunks take turns.</summary>
    public static async Task<FramedText> ReadAsync(Stream stored, string uri, Chunk[] turns)
    {
        await using var file = new SourceText(stored, uri);
        var framing = new RecordFraming(file);
        var framed = new FramedText();
        for (int turn = 0; await framing.FillAsync(turns[turn % turns.Length], CancellationToken.None); turn++)
        {
            framed.Add(turns[turn % turns.Length]);
        }

        Assert.Empty(framed._fragments);
        return framed;
    }

    private void Add(Chunk chunk)
    {
        Chunks.Add($"{chunk.Content}, {chunk.Position}, {chunk.Length} bytes");
        if (chunk.Content == ChunkContent.Records)
        {
            foreach (ref readonly var record in chunk.Records.All)
            {
                Add(record);
            }

            return;
        }

        _fragments.AddRange(chunk.FragmentText);
        if (chunk.Content == ChunkContent.LastFragment)
        {
            Lines.Add(new FramedLine(chunk.Position.Number, [.. _fragments], chunk.Position.InContainer));
            Assert.True(
                _fragments.Count > RecordFraming.MaxRecordBytes,
                "A record that is not longer than the limit came in fragments.");
            _fragments.Clear();
        }
    }

    /// <summary>A line of several records may be in several chunks.</summary>
    private void Add(in Record record)
    {
        var last = Lines.LastOrDefault();
        if (!record.Position.InContainer && last?.InContainer == false && last.Number == record.Position.Number)
        {
            Lines[^1] = last with { Text = [.. last.Text, .. record.Text] };
        }
        else
        {
            Lines.Add(new FramedLine(record.Position.Number, record.Text.ToArray(), record.Position.InContainer));
        }
    }
}
