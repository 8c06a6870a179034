using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.CloudTrail;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>What the texts of two consecutive days must become, by a set of records and JsonDocument.</summary>
internal sealed class ExpectedMonth
{
    public List<byte[]> Events { get; } = [];

    public List<OracleRecord> Rejects { get; } = [];

    public int Duplicates { get; private set; }

    /// <summary>Whether an object is damaged.</summary>
    public bool IsDamaged { get; private set; }

    public int Records => Events.Count + Rejects.Count + Duplicates;

    public static ExpectedMonth Of(params byte[][] days)
    {
        var expected = new ExpectedMonth();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (byte[] day in days)
        {
            var records = RecordOracle.Split(day);
            expected.IsDamaged |= records is null;
            foreach (var record in records ?? [])
            {
                expected.Add(record, seen);
            }
        }

        return expected;
    }

    /// <summary>
    /// Whether the run must fail with this message: a month without events fails, and so does one with damage.
    /// </summary>
    public bool MayBeRefused(AggregationException refused) => IsDamaged
        ? refused is DamagedObjectException
        : Events.Count == 0 && Rejects.Count > 0
            && (refused.Message.Contains("records are rejects", StringComparison.Ordinal)
                || refused.Message.Contains("its only record is a reject", StringComparison.Ordinal));

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
