using System.Globalization;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>What the pages say about the columns is what the files have.</summary>
public partial class ColumnPagesTests
{
    [Fact]
    public void The_data_model_has_each_column_with_its_type_and_its_member()
    {
        string table = File.ReadAllText(Repository.File("docs/data-model.md")).Split("| column | Parquet type |")[1]
            .Split("\n\n")[0];

        var documented = Row().Matches(table).SelectMany(
            row => row.Groups["columns"].Value.Split(", ").Zip(
                MembersOf(row.Groups["members"].Value),
                (column, member) => (column, row.Groups["type"].Value, member)));

        Assert.Equal(
            EventSchema.Columns.Select(column => (column.Name, TypeOf(column.Kind), column.Member)).Order(),
            documented.Order());
    }

    [Theory]
    [InlineData("README.md", "with {0} columns, a row for each event")]
    [InlineData("table.ddl", "all {0} columns, with the types of the files")]
    [InlineData("docs/cost.md", "all {0} of such a month")]
    [InlineData("docs/migration-from-python.md", "| columns | 15; other members are lost | {0}; nothing is lost |")]
    public void A_page_that_counts_the_columns_counts_those_of_the_files(string page, string count) =>
        Assert.Contains(
            string.Format(CultureInfo.InvariantCulture, count, EventSchema.Columns.Length),
            File.ReadAllText(Repository.File(page)),
            StringComparison.Ordinal);

    /// <summary>Sets of columns are the bits of one number.</summary>
    [Fact]
    public void There_are_at_most_64_columns() => Assert.InRange(EventSchema.Columns.Length, 1, 64);

    /// <summary>
    /// The members of a row: "a, b (or c, d)" are a and b; "members of x.y: a, b" are x.y.a and x.y.b; a sentence, for
    /// a column of several members, is the empty member.
    /// </summary>
    private static IEnumerable<string> MembersOf(string text)
    {
        var members = Members().Match(text);
        return members.Success
            ? members.Groups["names"].Value.Split(", ").Select(name => members.Groups["path"].Value switch
            {
                "" => name,
                var path => $"{path}.{name}",
            })
            : [""];
    }

    private static string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => "string",
        ColumnKind.Timestamp => "timestamp, milliseconds, UTC",
        ColumnKind.Boolean => "boolean",
        ColumnKind.Json => "string (JSON text)",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    [GeneratedRegex(
        @"^\| (?<columns>[a-z_, ]+) \| (?<type>[^|]+) \| (?<members>.+) \|$",
        RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Row();

    [GeneratedRegex(
        @"^(?:(?:members of )?(?<path>[\w.]+): )?(?<names>[\w.]+(?:, [\w.]+)*)(?: \(.*\))?$",
        RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Members();
}
