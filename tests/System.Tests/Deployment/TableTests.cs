using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>table.ddl, the Glue table of the template and the columns of the files are one table.</summary>
public partial class TableTests
{
    private static readonly string Ddl = File.ReadAllText(Repository.File("table.ddl"));

    private static readonly JsonObject Glue = (JsonObject)Template.Render(
        ("GlueDatabase", "audit"), ("GlueTable", "cloudtrail_events"), ("DstBucket", "my-bucket"))
        .Properties("AthenaTable");

    [Fact]
    public void The_ddl_has_the_columns_of_the_files_in_their_order_with_their_types() =>
        Assert.Equal(Declared.Columns, DdlColumns(Between("cloudtrail_events (", ")")));

    [Fact]
    public void The_glue_table_has_the_columns_of_the_files_in_their_order_with_their_types() =>
        Assert.Equal(Declared.Columns, GlueColumns(Glue["TableInput"]!["StorageDescriptor"]!["Columns"]!));

    [Fact]
    public void Year_and_month_are_strings_as_in_the_original()
    {
        (string, string)[] partitions = [("year", "string"), ("month", "string")];

        Assert.Equal(partitions, DdlColumns(Between("PARTITIONED BY (", ")")));
        Assert.Equal(partitions, GlueColumns(Glue["TableInput"]!["PartitionKeys"]!));
    }

    [Fact]
    public void The_first_columns_are_those_of_the_original_table()
    {
        // The original's table.ddl, which must continue to work over the same prefix.
        (string, string)[] original =
        [
            ("event_id", "string"), ("request_id", "string"), ("shared_event_id", "string"),
            ("event_time", "timestamp"), ("event_name", "string"), ("event_source", "string"),
            ("event_version", "string"), ("aws_region", "string"), ("source_ip_address", "string"),
            ("recipient_account_id", "string"), ("user_identity", "string"), ("request_parameters", "string"),
            ("response_elements", "string"), ("additional_event_data", "string"), ("resources", "string"),
        ];

        Assert.Equal(original, DdlColumns(Between("cloudtrail_events (", ")")).Take(15));
    }

    [Fact]
    public void Both_tables_have_the_same_properties_over_the_same_place()
    {
        var ddl = Property().Matches(Between("TBLPROPERTIES (", "\n)"))
            .ToDictionary(
                m => m.Groups["name"].Value,
                m => m.Groups["value"].Value.Replace("MY_BUCKET", "my-bucket", StringComparison.Ordinal),
                StringComparer.Ordinal);
        var glue = ((JsonObject)Glue["TableInput"]!["Parameters"]!).Where(p => p.Key != "EXTERNAL")
            .ToDictionary(p => p.Key, p => (string)p.Value!, StringComparer.Ordinal);

        Assert.Equal(ddl.OrderBy(p => p.Key, StringComparer.Ordinal), glue.OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Contains("LOCATION 's3://MY_BUCKET/cloudtrail_monthly/'", Ddl, StringComparison.Ordinal);
        Assert.Equal(
            "s3://my-bucket/cloudtrail_monthly/", (string?)Glue["TableInput"]!["StorageDescriptor"]!["Location"]);
    }

    [Theory]
    [InlineData("projection.enabled", "true")]
    [InlineData("projection.year.type", "date")]
    [InlineData("projection.year.format", "yyyy")]
    [InlineData("projection.year.range", "2013,NOW")]
    [InlineData("projection.month.type", "integer")]
    [InlineData("projection.month.range", "1,12")]
    [InlineData("projection.month.digits", "2")]
    [InlineData("storage.location.template", "s3://my-bucket/cloudtrail_monthly/${year}/${month}/")]
    public void Partitions_are_projected(string property, string value) =>
        Assert.Equal(value, (string?)Glue["TableInput"]!["Parameters"]![property]);

    [Theory]
    [InlineData("ROW FORMAT SERDE", "SerdeInfo.SerializationLibrary")]
    [InlineData("    INPUTFORMAT", "InputFormat")]
    [InlineData("    OUTPUTFORMAT", "OutputFormat")]
    public void Both_tables_are_read_as_parquet_by_the_same_classes(string clause, string path)
    {
        var inGlue = path.Split('.')
            .Aggregate((JsonNode)Glue["TableInput"]!["StorageDescriptor"]!, (node, name) => node[name]!);

        Assert.Contains($"{clause} '{inGlue}'", Ddl, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ddl_begins_with_its_statement_because_some_clients_join_its_lines()
    {
        Assert.StartsWith("CREATE EXTERNAL TABLE cloudtrail_events (", Ddl, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "--", Ddl[..Ddl.IndexOf("\n)\n\n--", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public void The_replacements_that_the_comment_names_are_all_there_is_to_replace()
    {
        string body = Ddl[..Ddl.IndexOf("--", StringComparison.Ordinal)];
        string comment = Ddl[body.Length..];

        Assert.All(["MY_BUCKET", "cloudtrail_monthly/", "cloudtrail_events"], name => Assert.Contains(
            $"--   {name} ", comment, StringComparison.Ordinal));
        Assert.Equal(2, body.Split("MY_BUCKET/cloudtrail_monthly/").Length - 1);
        Assert.Equal(2, body.Split("MY_BUCKET").Length - 1);
    }

    private static string Between(string start, string end)
    {
        int from = Ddl.IndexOf(start, Ddl.IndexOf("CREATE", StringComparison.Ordinal), StringComparison.Ordinal)
            + start.Length;
        return Ddl[from..Ddl.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static IEnumerable<(string Name, string Type)> DdlColumns(string list) =>
        list.Split(',').Select(line => line.Split(
            ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(w => (w[0], w[1]));

    private static IEnumerable<(string Name, string Type)> GlueColumns(JsonNode list) =>
        ((JsonArray)list).Select(c => ((string)c!["Name"]!, (string)c["Type"]!));

    [GeneratedRegex(
        @"'(?<name>[^']+)'\s*=\s*'(?<value>[^']+)'", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Property();
}
