namespace CloudTrailAggregation.Ground;

/// <summary>
/// A run cannot continue. The message is one line for the operator: it names the object, and says what is wrong and
/// what to do. Neither the message nor its cause contains a secret from a URL.
/// </summary>
public class AggregationException(string message, Exception? innerException = null)
    : Exception(SingleLine.Of(message), Secrets.RemoveFrom(innerException));
