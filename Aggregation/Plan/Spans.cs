namespace CloudTrailAggregation.Plan;

/// <summary>Writes numbers as ranges: <c>01, 03 to 05</c>.</summary>
internal static class Spans
{
    /// <param name="ascending">The numbers in ascending order, each once.</param>
    /// <param name="text">Writes one number.</param>
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

        return string.Join(", ", spans.Select(span =>
            span.First == span.Last ? text(span.First) : $"{text(span.First)} to {text(span.Last)}"));
    }
}
