using System.Globalization;
using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>
/// The derived columns in DuckDB's SQL, from the JSON text of userIdentity. Its members are found once for each row and
/// not once for each column, because DuckDB parses the text in each call of a JSON function.
/// </summary>
internal static class DerivedSql
{
    /// <summary>The columns that hold one member of userIdentity each: all except caller.</summary>
    private static readonly EventColumn[] Members =
        [.. EventSchema.DerivedColumns.Where(column => column.Member.Length > 0)];

    /// <summary>An expression for the list that <see cref="Of"/> reads.</summary>
    /// <param name="userIdentity">The column with the JSON text.</param>
    public static string FindAll(string userIdentity) =>
        $"json_extract_string({userIdentity}, [{string.Join(", ", Members.Select(column => $"'{PathOf(column)}'"))}])";

    /// <summary>An expression for a derived column.</summary>
    /// <param name="column">The derived column.</param>
    /// <param name="found">The column with the list of <see cref="FindAll"/>.</param>
    public static string Of(EventColumn column, string found)
    {
        if (column.Member.Length == 0)
        {
            var names = EventSchema.CallerSources.Select(
                source => $"nullif({Text(EventSchema.Columns[source], found)}, '')");
            return $"coalesce({string.Join(", ", names)})";
        }

        return column.Kind == ColumnKind.Boolean ? $"CAST({Text(column, found)} AS BOOLEAN)" : Text(column, found);
    }

    /// <summary>The path of a column's member in userIdentity.</summary>
    public static string PathOf(EventColumn column) => "$" + column.Member["userIdentity".Length..];

    // DuckDB counts the values of a list from 1.
    private static string Text(EventColumn column, string found) =>
        string.Create(CultureInfo.InvariantCulture, $"{found}[{Array.IndexOf(Members, column) + 1}]");
}
