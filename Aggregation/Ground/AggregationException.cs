namespace CloudTrailAggregation.Ground;

/// <summary>
/// A run that cannot go on. The message is one line for the operator: it names the object,
/// says what is wrong and what to change. Neither it nor its cause tells a secret that a URL carried.
/// </summary>
public class AggregationException(string message, Exception? innerException = null)
    : Exception(SingleLine.Of(message), Secrets.RemoveFrom(innerException));
