using CloudTrailAggregation.Events;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Derived columns are proven too, and files of older versions, which lack them, as far as they go.</summary>
public sealed class CheckedDerivedTests() : CheckTest(new DirectoryMonthStores())
{
    private const string Identity =
        """{"type":"AssumedRole","arn":"a\ud800","userName":7,"sessionContext":{"sessionIssuer":{"arn":"role"},"attributes":{"mfaAuthenticated":"FALSE"}}}""";

    private static readonly EventColumn[] OlderColumns = EventSchema.Columns[..EventSchema.FirstDerived];

    [Fact]
    public async Task Any_identity_is_proven_and_a_changed_cell_is_found()
    {
        string[] identities = EventGen.Identity.Array[TestRun.Iterations(500)].Single(_ => true, seed: "0000000000004");
        await PutAsync("2024/02/01/000000.ndjson.gz", [.. identities.Select(Line)]);
        await RunAsync(new RunOptions { Deduplicate = false });
        Assert.Equal(identities.Length, (await CheckAsync(deduplicate: false)).Counts.Events);
        byte[] whole = await BytesAsync(Parquet0);
        var random = new Random(7);
        for (int change = 0; change < 40; change++)
        {
            int row = random.Next(identities.Length);
            var column = EventSchema.DerivedColumns[change % EventSchema.DerivedColumns.Length];
            await PutBytesAsync(Destination, Parquet0, whole);
            await ChangeAsync(rows => rows[row][column.Name] = rows[row][column.Name] switch
            {
                bool flag => !flag,
                string text => change % 2 == 0 ? text + "x" : null,
                _ => column.Kind == ColumnKind.Boolean ? true : "",
            });

            string difference = await DiffersAsync(deduplicate: false);

            Assert.Contains($"row {row + 1} is not the event of", difference, StringComparison.Ordinal);
            Assert.Contains($": column {column.Name}: the source has ", difference, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("user_identity_arn", "a", "the source has \"a\\\\ud800\", the file has \"a\"")]
    [InlineData("user_identity_user_name", "7", "the source has no such member, the file has \"7\"")]
    [InlineData("session_mfa_authenticated", true, "the source has \"FALSE\", the file has \"true\"")]
    [InlineData("session_mfa_authenticated", null, "the source has \"FALSE\", the file has \"NULL\"")]
    [InlineData("caller", "a\uFFFD", "the source has \"role\", the file has ")]
    public async Task A_derived_cell_that_differs_is_told_with_both_values(
        string column, object? value, string expected)
    {
        await PutAsync("2024/02/01/000000.ndjson", Line(Identity, 0));
        await RunAsync();
        await CheckAsync();

        await ChangeAsync(rows => rows[0][column] = value);

        Assert.Contains($"column {column}: {expected}", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_derived_columns_is_proven_and_a_changed_cell_in_it_is_found()
    {
        await PutAsync("2024/02/01/000000.ndjson", Line(Identity, 0), Event("2"));
        var result = await RunAsync();
        await PutOlderAsync(result, result.Rows);

        var found = await CheckAsync();
        var changed = result.Rows[0].ToDictionary(StringComparer.Ordinal);
        changed["user_identity"] = """{"type":"Root"}""";
        await PutOlderAsync(result, [changed, result.Rows[1]]);

        Assert.Equal(2, found.Counts.Events);
        Assert.Contains("row 1 is not the event of", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_some_of_the_derived_columns_is_refused()
    {
        await PutAsync("2024/02/01/000000.ndjson", Event("1"));
        var result = await RunAsync();
        await PutBytesAsync(
            Destination, Parquet0,
            TamperedFile.Of(result.Rows, DuckDbRows.Metadata(result.Files[0]), EventSchema.Columns[..40]));

        Assert.Contains(
            "column 41 should be session_issuer_arn, a string; it is missing. This version of the tool did not write",
            await DiffersAsync(), StringComparison.Ordinal);
    }

    private static string Line(string identity, int number) =>
        $"{{\"eventID\":\"{number}\",\"userIdentity\":{identity}}}";

    private Task PutOlderAsync(MonthResult result, IReadOnlyList<IReadOnlyDictionary<string, object?>> rows) =>
        PutBytesAsync(
            Destination, Parquet0, TamperedFile.Of(rows, DuckDbRows.Metadata(result.Files[0]), OlderColumns));
}
