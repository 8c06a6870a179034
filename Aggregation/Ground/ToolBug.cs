namespace CloudTrailAggregation.Ground;

/// <summary>The message for what can only happen when this tool is wrong.</summary>
internal static class ToolBug
{
    /// <param name="found">What should never be so, with the numbers that show it; no period at its end.</param>
    public static AggregationException Found(string found) =>
        new($"{found}. This is a bug in the tool; nothing was replaced. Please report it with this message.");
}
