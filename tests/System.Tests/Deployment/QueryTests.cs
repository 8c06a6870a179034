using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Events;
using DuckDB.NET.Data;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// queries.sql, run in DuckDB over a Parquet file of crafted events that has every column of table.ddl: each query must
/// find what it is for and omit what looks like it. Only <see cref="Dialect"/> translates Athena's functions.
/// </summary>
public sealed partial class QueryTests : IDisposable
{
    private const string Dialect = """
        CREATE MACRO json_extract_scalar(json, path) AS json_extract_string(json, path);
        CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern);
        """;

    private const string Alice =
        """{"type":"IAMUser","arn":"arn:aws:iam::111111111111:user/alice","accountId":"111111111111","userName":"alice","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}""";
    private const string Bob =
        """{"type":"IAMUser","arn":"arn:aws:iam::111111111111:user/bob","accountId":"111111111111","userName":"bob","accessKeyId":"AKIAI44QH8DHBEXAMPLE"}""";
    private const string Root = """{"type":"Root","arn":"arn:aws:iam::111111111111:root","accountId":"111111111111"}""";
    private const string RootByService =
        """{"type":"Root","arn":"arn:aws:iam::111111111111:root","invokedBy":"backup.amazonaws.com"}""";
    private const string Session =
        """{"type":"AssumedRole","arn":"arn:aws:sts::111111111111:assumed-role/App/i-1","accountId":"111111111111","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111111111111:role/App"}}}""";
    private const string Stranger =
        """{"type":"AssumedRole","arn":"arn:aws:sts::222222222222:assumed-role/Deploy/ci","accountId":"222222222222"}""";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"queries-{Guid.NewGuid():N}.parquet");
    private readonly DuckDBConnection _database = new("DataSource=:memory:");
    private readonly List<string> _rows = [];

    public QueryTests() => _database.Open();

    public void Dispose()
    {
        _database.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void There_are_ten_queries_and_each_names_its_months()
    {
        Assert.Equal(10, Queries().Count);
        Assert.All(
            Queries().Values, q => Assert.Matches("WHERE +year = '2024' AND month (= '02'|IN \\('01', '02'\\))", q));
    }

    [Fact]
    public void Query_1_finds_who_deleted_a_resource()
    {
        Event(
            "e1", "s3.amazonaws.com", "DeleteBucket", Alice,
            requestParameters: """{"bucketName":"payments-archive"}""");
        Event("e2", "s3.amazonaws.com", "DeleteBucket", Alice, requestParameters: """{"bucketName":"other"}""");
        Event("e3", "s3.amazonaws.com", "GetObject", Alice, requestParameters: """{"bucketName":"payments-archive"}""");
        Event(
            "e4", "kms.amazonaws.com", "ScheduleKeyDeletion", Bob,
            requestParameters: """{"keyId":"payments-archive"}""", month: "02", day: 3);
        Event(
            "e5", "s3.amazonaws.com", "DeleteBucket", Alice, requestParameters: """{"bucketName":"payments-archive"}""",
            month: "01");

        Assert.Equal(
            ["ScheduleKeyDeletion bob", "DeleteBucket alice"],
            Run(1).Select(r => $"{r["event_name"]} {LastPart(r["caller"])}"));
    }

    [Fact]
    public void Query_2_finds_console_sign_ins_without_mfa()
    {
        const string Success = """{"ConsoleLogin":"Success"}""";
        Event(
            "e1", "signin.amazonaws.com", "ConsoleLogin", Alice, responseElements: Success,
            additional: """{"MFAUsed":"No"}""");
        Event(
            "e2", "signin.amazonaws.com", "ConsoleLogin", Alice, responseElements: Success,
            additional: """{"MFAUsed":"Yes"}""");
        Event(
            "e3", "signin.amazonaws.com", "ConsoleLogin", Bob, responseElements: """{"ConsoleLogin":"Failure"}""",
            additional: """{"MFAUsed":"No"}""");
        Event(
            "e4", "signin.amazonaws.com", "ConsoleLogin", Session, responseElements: Success,
            additional: """{"MFAUsed":"No"}""");
        Event(
            "e5", "signin.amazonaws.com", "ConsoleLogin", Root, responseElements: Success,
            additional: """{"MFAUsed":"No"}""", day: 9);

        Assert.Equal(["user/alice", "root"], Run(2).Select(r => AfterColon(r["caller"])));
    }

    [Fact]
    public void Query_3_finds_what_root_did_itself()
    {
        Event("e1", "iam.amazonaws.com", "CreateAccessKey", Root);
        Event("e2", "backup.amazonaws.com", "StartBackupJob", RootByService);
        Event("e3", "kms.amazonaws.com", "RotateKey", Root, eventType: "AwsServiceEvent");
        Event("e4", "iam.amazonaws.com", "CreateAccessKey", Alice);

        Assert.Equal("CreateAccessKey", Assert.Single(Run(3))["event_name"]);
    }

    [Fact]
    public void Query_4_counts_refusals_by_principal()
    {
        Event("e1", "s3.amazonaws.com", "GetObject", Session, errorCode: "AccessDenied");
        Event(
            "e2", "s3.amazonaws.com", "GetObject", Session.Replace("App/i-1", "App/i-2", StringComparison.Ordinal),
            errorCode: "AccessDenied");
        Event("e3", "ec2.amazonaws.com", "RunInstances", Bob, errorCode: "Client.UnauthorizedOperation");
        Event("e4", "ec2.amazonaws.com", "RunInstances", Bob, errorCode: "Client.InsufficientInstanceCapacity");
        Event("e5", "s3.amazonaws.com", "GetObject", Session);

        Assert.Equal(
            ["role/App GetObject 2", "user/bob RunInstances 1"],
            Run(4).Select(r => $"{AfterColon(r["caller"])} {r["event_name"]} {r["refusals"]}"));
    }

    [Fact]
    public void Query_5_follows_an_access_key_over_two_months()
    {
        Event("e1", "ec2.amazonaws.com", "DescribeInstances", Alice, month: "01");
        Event("e2", "ec2.amazonaws.com", "DescribeInstances", Alice);
        Event("e3", "ec2.amazonaws.com", "DescribeInstances", Bob);
        Event("e4", "ec2.amazonaws.com", "TerminateInstances", Alice, errorCode: "AccessDenied");

        Assert.Equal(
            ["DescribeInstances 2 0", "TerminateInstances 1 1"],
            Run(5).Select(r => $"{r["event_name"]} {r["calls"]} {r["errors"]}"));
    }

    [Fact]
    public void Query_6_tells_a_resources_history()
    {
        const string Instance = "i-0abc1234567890def";
        Event(
            "e1", "ec2.amazonaws.com", "RunInstances", Alice,
            responseElements: $$"""{"instancesSet": {"items": [ {"instanceId":"{{Instance}}"} ] } }""", month: "01");
        Event(
            "e2", "ec2.amazonaws.com", "DescribeInstances", Alice,
            requestParameters: $$"""{"instanceId":"{{Instance}}"}""", readOnly: true);
        Event(
            "e3", "ec2.amazonaws.com", "StopInstances", Bob,
            resources: $$"""[{"ARN":"arn:aws:ec2:us-east-1:111111111111:instance/{{Instance}}"}]""", day: 3);
        Event(
            "e4", "ec2.amazonaws.com", "TerminateInstances", Bob,
            requestParameters: $$"""{"instanceId":"{{Instance}}"}""", day: 4);
        Event(
            "e5", "ec2.amazonaws.com", "StopInstances", Bob,
            requestParameters: """{"instanceId":"i-0000000000000000"}""");

        Assert.Equal(["RunInstances", "StopInstances", "TerminateInstances"], Run(6).Select(r => r["event_name"]));
    }

    [Fact]
    public void Query_7_finds_regions_not_used_in_the_three_months_before()
    {
        Event("e1", "ec2.amazonaws.com", "RunInstances", Alice, region: "sa-east-1");
        Event("e2", "ec2.amazonaws.com", "RunInstances", Alice, region: "us-east-1");
        Event("e3", "ec2.amazonaws.com", "RunInstances", Alice, region: "eu-west-1");
        Event("e4", "ec2.amazonaws.com", "RunInstances", Alice, region: "us-east-1", month: "01");
        Event("e5", "ec2.amazonaws.com", "RunInstances", Alice, region: "eu-west-1", year: "2023", month: "12");
        Event("e6", "ec2.amazonaws.com", "RunInstances", Alice, region: "sa-east-1", year: "2023", month: "09");

        Assert.Equal("sa-east-1", Assert.Single(Run(7))["aws_region"]);
    }

    [Fact]
    public void Query_8_finds_what_came_from_one_address()
    {
        Event("e1", "s3.amazonaws.com", "ListBuckets", Alice, address: "203.0.113.10");
        Event("e2", "s3.amazonaws.com", "ListBuckets", Alice, address: "203.0.113.10", errorCode: "AccessDenied");
        Event("e3", "s3.amazonaws.com", "ListBuckets", Alice, address: "203.0.113.1");
        Event("e4", "sts.amazonaws.com", "GetCallerIdentity", Bob, address: "203.0.113.10");

        Assert.Equal(
            ["alice 2 1", "bob 1 0"], Run(8).Select(r => $"{LastPart(r["caller"])} {r["calls"]} {r["errors"]}"));
    }

    [Fact]
    public void Query_9_finds_the_reading_calls_that_fill_the_trail()
    {
        Event("e1", "kms.amazonaws.com", "Decrypt", Session, readOnly: true);
        Event("e2", "kms.amazonaws.com", "Decrypt", Session, readOnly: true);
        Event("e3", "s3.amazonaws.com", "ListBuckets", Alice, readOnly: true, requestParameters: "{}");
        Event("e4", "s3.amazonaws.com", "PutObject", Alice, readOnly: false);

        Assert.Equal(
            [$"Decrypt 2 {2 * Session.Length}", $"ListBuckets 1 {Alice.Length + 2}"],
            Run(9).Select(r => $"{r["event_name"]} {r["events"]} {r["characters"]}"));
    }

    [Fact]
    public void Query_10_finds_who_came_from_another_account()
    {
        const string Role = """{"roleArn":"arn:aws:iam::111111111111:role/Audit"}""";
        Event("e1", "sts.amazonaws.com", "AssumeRole", Stranger, requestParameters: Role);
        Event("e2", "sts.amazonaws.com", "AssumeRole", Stranger, requestParameters: Role, errorCode: "AccessDenied");
        Event("e3", "sts.amazonaws.com", "AssumeRole", Alice, requestParameters: Role);
        Event(
            "e4", "sts.amazonaws.com", "AssumeRole", Stranger,
            requestParameters: """{"roleArn":"arn:aws:iam::333333333333:role/Audit"}""");
        Event("e5", "sts.amazonaws.com", "AssumeRole", Stranger, requestParameters: Role, account: "222222222222");

        var row = Assert.Single(Run(10));
        Assert.Equal("222222222222 2 1", $"{row["from_account"]} {row["times"]} {row["refused"]}");
    }

    [Fact]
    public async Task All_run_over_the_file_that_the_function_writes_of_the_sample_month()
    {
        string sample = Repository.File("tests", "data", "cloudtrail_daily");
        var written = Directory.CreateTempSubdirectory("queries-");
        await new AggregationRun(
            new DirectoryStore(sample), new DirectoryStore(written.FullName), new RunOptions(), TimeProvider.System)
            .RunAsync(new Unit(new Month(2024, 2)), TestContext.Current.CancellationToken);
        Open(
            $"SELECT *, '2024' AS year, '02' AS month FROM read_parquet('{written.FullName}/2024/02/000000.parquet', "
            + "hive_partitioning = false)");

        var found = Enumerable.Range(1, 10).ToDictionary(number => number, number => Ask(number).Count);
        written.Delete(recursive: true);

        // Counted in the source by other means; it does not have the names, keys and addresses of the other queries.
        var events = SourceEvents(sample);
        Assert.Equal(events.Count(e => Text(e, "eventName") == "ConsoleLogin"
            && Text(e, "responseElements", "ConsoleLogin") == "Success"
            && Text(e, "additionalEventData", "MFAUsed") == "No"
            && Text(e, "userIdentity", "type") != "AssumedRole"), found[2]);
        Assert.Equal(events.Count(e => Text(e, "userIdentity", "type") == "Root"
            && Text(e, "userIdentity", "invokedBy") is null && Text(e, "eventType") != "AwsServiceEvent"), found[3]);
        Assert.All([2, 3, 4, 9], number => Assert.True(found[number] > 0, $"query {number} finds nothing"));
    }

    private static List<JsonElement> SourceEvents(string directory)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var events = new List<JsonElement>();
        foreach (string path in Directory.EnumerateFiles(directory, "*.gz", SearchOption.AllDirectories))
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (lines.ReadLine() is { } line)
            {
                try
                {
                    var root = JsonElement.Parse(line);
                    if (seen.Add(line) && !line.Contains('\uFFFD', StringComparison.Ordinal))
                    {
                        events.Add(root);
                    }
                }
                catch (JsonException)
                {
                    // A reject.
                }
            }
        }

        return events;
    }

    private static string? Text(JsonElement element, params string[] path)
    {
        foreach (string member in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(member, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }

    private static string LastPart(object? arn) => ((string)arn!).Split('/')[^1];

    private static string AfterColon(object? arn) => ((string)arn!).Split(':')[^1];

    /// <summary>The numbered queries of queries.sql.</summary>
    private static Dictionary<int, string> Queries()
    {
        string[] parts = Number().Split(File.ReadAllText(Repository.File("queries.sql")));
        return Enumerable.Range(0, (parts.Length - 1) / 2)
            .ToDictionary(
                i => int.Parse(parts[(2 * i) + 1]),
                i => parts[(2 * i) + 2][parts[(2 * i) + 2].IndexOf("SELECT", StringComparison.Ordinal)..]);
    }

    private void Event(
        string id,
        string source,
        string name,
        string identity,
        string? requestParameters = null,
        string? responseElements = null,
        string? additional = null,
        string? resources = null,
        string? errorCode = null,
        string eventType = "AwsApiCall",
        string region = "us-east-1",
        string address = "198.51.100.7",
        string account = "111111111111",
        bool readOnly = false,
        string year = "2024",
        string month = "02",
        int day = 1)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["event_id"] = id,
            ["event_time"] = $"{year}-{month}-{day:00}T12:00:00Z",
            ["event_name"] = name,
            ["event_source"] = source,
            ["event_version"] = "1.09",
            ["aws_region"] = region,
            ["source_ip_address"] = address,
            ["recipient_account_id"] = account,
            ["user_identity"] = identity,
            ["request_parameters"] = requestParameters,
            ["response_elements"] = responseElements,
            ["additional_event_data"] = additional,
            ["resources"] = resources,
            ["error_code"] = errorCode,
            ["event_type"] = eventType,
            ["user_agent"] = "aws-cli/2",
            ["read_only"] = readOnly ? "true" : "false",
            ["year"] = year,
            ["month"] = month,
        };
        foreach (var (column, value) in DerivedOracle.Of(identity))
        {
            values[column] = value is bool flag ? (flag ? "true" : "false") : (string?)value;
        }

        _rows.Add(
            "(" + string.Join(", ", Table().Select(c => $"{Literal(values.GetValueOrDefault(c.Name))}::{Type(c.Type)}"))
            + ")");
    }

    private static IEnumerable<(string Name, string Type)> Table() =>
        [.. Declared.Columns, ("year", "string"), ("month", "string")];

    private static string Literal(string? value) =>
        value is null ? "NULL" : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Type(string athena) =>
        athena switch { "string" => "VARCHAR", "timestamp" => "TIMESTAMP_MS", _ => "BOOLEAN" };

    private List<Dictionary<string, object?>> Run(int number)
    {
        string columns = string.Join(", ", Table().Select(c => c.Name));
        Execute(
            $"COPY (SELECT * FROM (VALUES {string.Join(", ", _rows)}) AS rows({columns})) "
            + $"TO '{_file}' (FORMAT parquet)");
        Open($"SELECT * FROM read_parquet('{_file}', hive_partitioning = false)");
        return Ask(number);
    }

    private void Open(string rows)
    {
        Execute($"CREATE VIEW cloudtrail_events AS {rows}");
        Execute(Dialect);
    }

    private List<Dictionary<string, object?>> Ask(int number)
    {
        using var command = _database.CreateCommand();
        command.CommandText = Queries()[number];
        using var reader = command.ExecuteReader();
        var rows = new List<Dictionary<string, object?>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName,
                i => reader.IsDBNull(i)
                    ? null
                    : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) as object,
                StringComparer.Ordinal));
        }

        return rows;
    }

    private void Execute(string sql)
    {
        using var command = _database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [GeneratedRegex(
        @"^-- (?<number>\d+)\. ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000)]
    private static partial Regex Number();
}
