using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Runs JsonScanner and EventReader over one line. They must accept what JsonDocument accepts and nothing else, give
/// back every member in the row, report an error's position within the line, and read no byte beyond a chunk's spare
/// bytes.
/// </summary>
internal sealed class EventTarget : ITarget, IDisposable
{
    private readonly RowReader _rows = new();
    private readonly GuardedLine _guarded = new();

    public string Name => "event";

    public byte[] Generate(Random dice, Corpus corpus)
    {
        byte[] line = Mutator.Mutate(corpus.Line(dice), dice, corpus);

        // A line holds no newline.
        return Array.FindAll(line, letter => letter != '\n');
    }

    public void Run(byte[] input)
    {
        byte[] line = Array.FindAll(input, letter => letter != '\n');
        bool expected = JsonOracle.IsOneObject(line, out string? refusal);
        var row = _rows.TryRead(line);
        Assert.True(
            expected == (row is not null),
            row is not null ? $"accepted, but JsonDocument: {refusal}" : $"refused: it {_rows.Error}");
        if (row is not null)
        {
            RebuiltEvent.AssertEqual(line, row);
        }
        else if (_rows.Error.LastIndexOf("(byte ", StringComparison.Ordinal) is >= 0 and var at)
        {
            Assert.InRange(int.Parse(_rows.Error.AsSpan(at + 6, _rows.Error.Length - at - 7)), 1, line.Length + 1);
        }

        if (line.Length < GuardedLine.MaxBytes)
        {
            Assert.Equal(expected, _guarded.Accepts(line));
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _guarded.Dispose();
    }
}
