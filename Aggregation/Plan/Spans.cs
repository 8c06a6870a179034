namespace CloudTrailAggregation.Plan;

/// <summary>Numbers in a row as people write them: <c>01, 03 to 05</c>.</summary>
internal static class Spans
{
    /// <param name="ascending">The numbers, each once, the smallest first.</param>
    /// <param name="text">How one is written.</param>
    public static string Text(IEnumerable<int> ascending, Func<int, string> text)
    {
        List<(int First, int Last)> spans = [];
        foreach (int number in ascending)
        {
            if (spans.Count > 0 && spans[^1].Last + 1 == number)
            {
                spans[^1] = (spans[^1].First, number);
            }
            else
            {
                spans.Add((number, number));
            }
        }

        return string.Join(", ", spans.Select(span => span.First == span.Last ? text(span.First) : $"{text(span.First)} to {text(span.Last)}"));
    }
}
