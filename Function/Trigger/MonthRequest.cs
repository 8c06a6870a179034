using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Trigger;

/// <summary>The months that an event asks for, in order.</summary>
/// <param name="First">The first month.</param>
/// <param name="Last">The last one, the first itself where it is only one.</param>
/// <param name="Replace">Whether a month may be replaced by one with fewer events.</param>
public sealed record MonthRequest(Month First, Month Last, bool Replace)
{
    /// <summary>Whether a schedule asks, and nobody waits for the answer: a month that has nothing fails then.</summary>
    public bool IsScheduled { get; init; }

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

/// <summary>A message of an SQS batch: one request, done or failed on its own.</summary>
/// <param name="Id">Its id, by which a failure is answered.</param>
/// <param name="Body">Its body, an event of its own.</param>
public sealed record QueueMessage(string Id, string Body);
