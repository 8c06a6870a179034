using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// table.ddl in Hive's grammar, which Athena's DDL uses, and queries.sql in Trino's, which its queries use.
/// </summary>
[Trait("Category", TestRun.Full)]
public sealed class SqlGrammarTests : IAsyncLifetime
{
    private static readonly SemaphoreSlim Once = new(1);
    private static readonly string Folder = Repository.File("tests", "sql");
    private static readonly string Parser = Path.Combine(Folder, "node_modules", ".cache", "parse.cjs");

    public async ValueTask InitializeAsync()
    {
        TestRun.RequireFull();
        await Command.NeedsAsync("Node.js 20 or newer, which brings npm", "npm", "--version");
        await Once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (IsStale())
            {
                await Npm("ci");
                await Npm("run", "build");
            }
        }
        finally
        {
            Once.Release();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_ddl_is_one_hive_statement() => Assert.Equal(1, await StatementsOf("hive", Read("table.ddl")));

    /// <summary>Clients send the statement on one line, where a comment hides all that follows it.</summary>
    [Fact]
    public async Task The_ddl_is_one_hive_statement_when_a_client_joins_its_lines() =>
        Assert.Equal(1, await StatementsOf("hive", Read("table.ddl").ReplaceLineEndings(" ")));

    [Fact]
    public async Task The_queries_are_ten_trino_statements() =>
        Assert.Equal(10, await StatementsOf("trino", Read("queries.sql")));

    [Theory]
    [InlineData("hive", "CREATE EXTERNAL TABL t (a string)")]
    [InlineData("trino", "SELECT FROM t WHERE")]
    public async Task What_is_not_sql_is_found(string grammar, string text) =>
        Assert.NotEmpty((await Parse(grammar, text)).Errors);

    private static string Read(string file) => File.ReadAllText(Repository.File(file));

    private static bool IsStale() =>
        !File.Exists(Parser) || new[] { "package-lock.json", "parse.mjs" }
            .Any(f => File.GetLastWriteTimeUtc(Path.Combine(Folder, f)) > File.GetLastWriteTimeUtc(Parser));

    private static async Task Npm(params string[] arguments)
    {
        var (exitCode, output, error) = await Command.RunAsync("npm", arguments, directory: Folder);
        Assert.True(exitCode == 0, $"npm {string.Join(' ', arguments)}: {output}{error}");
    }

    private static async Task<int> StatementsOf(string grammar, string text)
    {
        var (statements, errors) = await Parse(grammar, text);
        Assert.Empty(errors);
        return statements;
    }

    private static async Task<(int Statements, string[] Errors)> Parse(string grammar, string text)
    {
        var (exitCode, output, error) = await Command.RunAsync("node", [Parser, grammar], input: text);
        Assert.True(exitCode == 0, error);
        var answer = JsonNode.Parse(output)!;
        return ((int)answer["statements"]!, [.. ((JsonArray)answer["errors"]!).Select(e => (string)e!)]);
    }
}
