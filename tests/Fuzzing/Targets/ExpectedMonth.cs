using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Tests.CloudTrail;
using CloudTrailAggregation.Tests.Events;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>What two neighbouring days' texts must become: a set of lines, and JsonDocument.</summary>
internal sealed class ExpectedMonth
{
    private bool _mayBeRecordsFile;

    public List<byte[]> Events { get; } = [];

    public List<FramedLine> Rejects { get; } = [];

    public int Duplicates { get; private set; }

    public int Lines => Events.Count + Rejects.Count + Duplicates;

    public static ExpectedMonth Of(params byte[][] days)
    {
        var expected = new ExpectedMonth();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (byte[] day in days)
        {
            expected._mayBeRecordsFile |= day.AsSpan().IndexOf("\"Records\""u8) >= 0;
            foreach (var line in LineOracle.Split(day))
            {
                expected.Add(line, seen);
            }
        }

        return expected;
    }

    /// <summary>A month without events fails, and so does one of files as CloudTrail delivers them.</summary>
    public bool MayBeRefused(string message) =>
        (Events.Count == 0 && Rejects.Count > 0 && message.Contains("lines are rejects", StringComparison.Ordinal))
        || (_mayBeRecordsFile && message.Contains("stage 1", StringComparison.Ordinal));

    private void Add(FramedLine line, HashSet<string> seen)
    {
        bool tooLong = line.Text.Length > LineReader.MaxLineBytes;
        if (!tooLong && !seen.Add(Convert.ToBase64String(line.Text)))
        {
            Duplicates++;
        }
        else if (tooLong || !JsonOracle.IsOneObject(line.Text, out _))
        {
            Rejects.Add(line);
        }
        else
        {
            Events.Add(line.Text);
        }
    }
}
