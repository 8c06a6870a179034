using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Trigger;

/// <summary>The months that an event asks for, in order.</summary>
/// <param name="First">The first month.</param>
/// <param name="Last">The last month, which may equal the first.</param>
/// <param name="Replace">Whether a run may replace a month by one with fewer events.</param>
public sealed record MonthRequest(Month First, Month Last, bool Replace)
{
    /// <summary>
    /// Whether a schedule asks. Nobody reads the answer then, so a month without events fails.
    /// </summary>
    public bool IsScheduled { get; init; }

    /// <summary>Whether the request only asks if the month was written.</summary>
    public bool IsWatch { get; init; }

    /// <summary>The one day that is asked for, 1 to 31; 0 for whole months.</summary>
    public int Day { get; init; }

    /// <summary>Whether the request only asks which days of the month a run would read.</summary>
    public bool AsksForDays { get; init; }

    /// <summary>Whether the request only asks which months it names.</summary>
    public bool AsksForMonths { get; init; }

    /// <summary>Every month from the first to the last.</summary>
    public IEnumerable<Month> Months
    {
        get
        {
            for (var month = First; month <= Last; month = month.Next)
            {
                yield return month;
            }
        }
    }
}

/// <summary>A message of an SQS batch: one request, which succeeds or fails separately.</summary>
/// <param name="Id">The message's id; the answer names failed messages by it.</param>
/// <param name="Body">The message's body, which is an event.</param>
public sealed record QueueMessage(string Id, string Body);
