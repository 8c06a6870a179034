using CloudTrailAggregation.Tests.CloudTrail;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>What the texts of two consecutive days must become, by a set of records and JsonDocument.</summary>
internal sealed class ExpectedMonth
{
    private bool _mayHoldContainer;

    public List<byte[]> Events { get; } = [];

    public List<OracleRecord> Rejects { get; } = [];

    public int Duplicates { get; private set; }

    public int Records => Events.Count + Rejects.Count + Duplicates;

    public static ExpectedMonth Of(params byte[][] days)
    {
        var expected = new ExpectedMonth();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (byte[] day in days)
        {
            expected._mayHoldContainer |= LineOracle.MayHoldContainer(day);
            foreach (var record in RecordOracle.Split(day))
            {
                expected.Add(record, seen);
            }
        }

        return expected;
    }

    /// <summary>
    /// Whether the run may fail with this message: a month without events fails, and so does one of containers.
    /// </summary>
    public bool MayBeRefused(string message) =>
        (Events.Count == 0 && Rejects.Count > 0 && message.Contains("records are rejects", StringComparison.Ordinal))
        || (_mayHoldContainer && message.Contains("stage 1", StringComparison.Ordinal));

    private void Add(OracleRecord record, HashSet<string> seen)
    {
        if (!record.IsEvent)
        {
            Rejects.Add(record);
        }
        else if (seen.Add(Convert.ToBase64String(record.Text)))
        {
            Events.Add(record.Text);
        }
        else
        {
            Duplicates++;
        }
    }
}
