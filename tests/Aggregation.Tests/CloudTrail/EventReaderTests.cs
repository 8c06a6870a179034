using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// What each column holds, and what also goes into other_fields, by kind of column and JSON value.
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class EventReaderTests : IDisposable
{
    private readonly RowReader _reader = new();

    public static TheoryData<string> TextColumns => ColumnsOf(ColumnKind.Text);

    public static TheoryData<string> JsonColumns => ColumnsOf(ColumnKind.Json);

    public static TheoryData<string> BooleanColumns => ColumnsOf(ColumnKind.Boolean);

    public void Dispose() => _reader.Dispose();

    [Theory]
    [MemberData(nameof(TextColumns))]
    public void A_text_column_holds_strings_unescaped_and_anything_else_as_JSON(string name)
    {
        string member = MemberOf(name);

        AssertColumn(name, member, "null", null, exact: true);
        AssertColumn(name, member, "\"\"", "", exact: true);
        AssertColumn(name, member, "\"null\"", "null", exact: true);
        AssertColumn(name, member, "\"plain, {not} [JSON]\"", "plain, {not} [JSON]", exact: true);
        AssertColumn(name, member, "\"größe 漢 😀 \u007f\"", "größe 漢 😀 \u007f", exact: true);
        AssertColumn(
            name, member, """ "\"\\\/\b\f\n\r\t\u0000\u00e9\u6F22\uD83D\uDE00" """, "\"\\/\b\f\n\r\t\0é漢😀",
            exact: true);
        AssertColumn(name, member, "\"\\uD83D\"", "\uFFFD", exact: false);
        AssertColumn(name, member, "\"a\\uDE00\\uD83Db\\u00e9\\uD83D\\uDE00\"", "a\uFFFD\uFFFDbé😀", exact: false);
        AssertColumn(name, member, "\"\\uD83D\\u0041\\uD83Dx\\\\uDE00\"", "\uFFFDA\uFFFDx\\uDE00", exact: false);
        AssertColumn(name, member, "0", "0", exact: false);
        AssertColumn(name, member, "-1.50e+3", "-1.50e+3", exact: false);
        AssertColumn(name, member, new string('7', 400), new string('7', 400), exact: false);
        AssertColumn(name, member, "true", "true", exact: false);
        AssertColumn(name, member, "false", "false", exact: false);
        AssertColumn(name, member, "{}", "{}", exact: false);
        AssertColumn(name, member, "[]", "[]", exact: false);
        AssertColumn(
            name, member, "{\"a\" :\t[\"\\u00e9\\uD800\", null]}", "{\"a\" :\t[\"\\u00e9\\uD800\", null]}",
            exact: false);
    }

    [Theory]
    [MemberData(nameof(JsonColumns))]
    public void A_JSON_column_holds_the_bytes_of_the_source(string name)
    {
        string[] values =
        [
            "\"\"", "{}", "[]", "0", "false", "true", "-0.0E-0", "1.10", new('9', 400), "\"a \\u0041\\/\\uD800 é\"",
            "{ \"a\" : [ 1 ,\t{\"b\":null} ] }",
            "[\"😀\",\"\\ud83d\\ude00\"]", "\"null\"", "{\"a\":1,\"a\":1}",
        ];

        Assert.All(values, value => AssertColumn(name, MemberOf(name), value, value, exact: true));
        AssertColumn(name, MemberOf(name), "null", null, exact: true);
    }

    [Theory]
    [MemberData(nameof(BooleanColumns))]
    public void A_boolean_column_holds_booleans_and_strings_that_name_one(string name)
    {
        string member = MemberOf(name);

        AssertColumn(name, member, "null", null, exact: true);
        AssertColumn(name, member, "true", true, exact: true);
        AssertColumn(name, member, "false", false, exact: true);
        foreach (string yes in (string[])["true", "True", "TRUE", "tRuE", "tru\\u0065", "\\u0054rue"])
        {
            AssertColumn(name, member, $"\"{yes}\"", true, exact: false);
        }

        foreach (string no in (string[])["false", "False", "FALSE", "fals\\u0065"])
        {
            AssertColumn(name, member, $"\"{no}\"", false, exact: false);
        }

        string[] neitherTrueNorFalse =
        [
            "\"\"", "\"yes\"", "\" true\"", "\"truex\"", "\"\\uD800true\"", "\"null\"", "0", "1", "{}", "[]", "[true]",
            "{\"true\":true}",
        ];
        foreach (string neither in neitherTrueNorFalse)
        {
            AssertColumn(name, member, neither, null, exact: false);
        }
    }

    [Fact]
    public void Event_time_holds_times_and_what_it_cannot_give_back_stands_beside()
    {
        const long time = 1709251199_000;

        AssertColumn("event_time", "eventTime", "null", null, exact: true);
        AssertColumn("event_time", "eventTime", "\"2024-02-29T23:59:59Z\"", time, exact: true);
        AssertColumn("event_time", "eventTime", "\"2024-02-29T23:59:59\\u005A\"", time, exact: true);
        AssertColumn("event_time", "eventTime", "\"2024-02-29T23:59:59.250Z\"", time + 250, exact: true);
        AssertColumn(
            "event_time", "eventTime", "\"0001-01-01T00:00:00Z\"", DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
            exact: true);
        AssertColumn(
            "event_time", "eventTime", "\"9999-12-31T23:59:59.999Z\"", DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(),
            exact: true);
        string[] otherForms =
        [
            "2024-02-29T23:59:59.000Z", "2024-02-29 23:59:59", "2024-02-29T23:59:59", "2024-03-01T00:59:59+01:00",
            "2024-02-29T23:59:59.0001Z", "2024-02-29T23:59:59z",
        ];
        foreach (string other in otherForms)
        {
            AssertColumn("event_time", "eventTime", $"\"{other}\"", time, exact: false);
        }

        string[] unreadableTimes =
        [
            "\"\"", "\"2023-02-29T00:00:00Z\"", "\"2024-02-29T24:00:00Z\"", "\"2016-12-31T23:59:60Z\"",
            "\"2024-02-29T23:59:59\\uD800\"", "\"2024-02-29\"", "1709251199", "true", "{}", "[]",
            "[\"2024-02-29T23:59:59Z\"]",
        ];
        foreach (string unreadable in unreadableTimes)
        {
            AssertColumn("event_time", "eventTime", unreadable, null, exact: false);
        }
    }

    [Theory]
    [InlineData("event_id", "eventID", "eventId")]
    [InlineData("request_id", "requestID", "requestId")]
    [InlineData("shared_event_id", "sharedEventID", "sharedEventId")]
    public void An_id_in_its_other_spelling_fills_the_column_unless_the_usual_one_does(
        string column, string usual, string other)
    {
        // Alone.
        AssertRow($"{{\"{other}\":\"a\"}}", column, "a", $"{{\"{other}\": \"a\"}}");
        AssertRow($"{{\"{other}\":\"\\u0061\"}}", column, "a", $"{{\"{other}\": \"\\u0061\"}}");
        AssertRow($"{{\"{other}\":\"\\uD800\"}}", column, "\uFFFD", $"{{\"{other}\": \"\\uD800\"}}");
        AssertRow($"{{\"{other}\":7}}", column, "7", $"{{\"{other}\": 7}}");
        AssertRow($"{{\"{other}\":[\"\\u0061\"]}}", column, "[\"\\u0061\"]", $"{{\"{other}\": [\"\\u0061\"]}}");
        AssertRow($"{{\"{other}\":\"\"}}", column, "", $"{{\"{other}\": \"\"}}");
        AssertRow($"{{\"{other}\":null}}", column, null, null);

        // Both: other_fields keeps both spellings, because with one of them the event would seem to have had only that.
        AssertRow(
            $"{{\"{usual}\":\"a\",\"{other}\":\"b\"}}", column, "a", $"{{\"{usual}\": \"a\", \"{other}\": \"b\"}}");
        AssertRow(
            $"{{\"{other}\":\"b\",\"x\":1,\"{usual}\":\"a\"}}", column, "a",
            $"{{\"{other}\": \"b\", \"x\": 1, \"{usual}\": \"a\"}}");
        AssertRow($"{{\"{usual}\":5,\"{other}\":\"b\"}}", column, "5", $"{{\"{usual}\": 5, \"{other}\": \"b\"}}");
        AssertRow($"{{\"{usual}\":\"\",\"{other}\":\"b\"}}", column, "", $"{{\"{usual}\": \"\", \"{other}\": \"b\"}}");
        AssertRow($"{{\"{usual}\":null,\"{other}\":\"b\"}}", column, "b", $"{{\"{other}\": \"b\"}}");
        AssertRow($"{{\"{usual}\":\"a\",\"{other}\":null}}", column, "a", null);
        AssertRow($"{{\"{usual}\":null,\"{other}\":null}}", column, null, null);

        // Repeated: the last of each counts.
        AssertRow($"{{\"{other}\":\"a\",\"{other}\":\"b\"}}", column, "b", $"{{\"{other}\": \"b\"}}");
        AssertRow($"{{\"{other}\":\"a\",\"{other}\":null}}", column, null, null);
        AssertRow(
            $"{{\"{usual}\":\"a\",\"{other}\":\"b\",\"{usual}\":\"c\"}}", column, "c",
            $"{{\"{other}\": \"b\", \"{usual}\": \"c\"}}");
        AssertRow($"{{\"{usual}\":\"a\",\"{other}\":\"b\",\"{usual}\":null}}", column, "b", $"{{\"{other}\": \"b\"}}");
        AssertRow($"{{\"{usual}\":\"a\",\"{other}\":\"b\",\"{other}\":null}}", column, "a", null);
        AssertRow(
            $"{{\"{usual}\":5,\"{other}\":\"b\",\"{usual}\":\"c\",\"{other}\":6}}", column, "c",
            $"{{\"{usual}\": \"c\", \"{other}\": 6}}");
    }

    [Fact]
    public void Names_are_compared_after_unescaping_and_only_whole()
    {
        foreach (var column in EventSchema.MemberColumns)
        {
            string escaped = $"{column.Member[..^1]}\\u{(int)column.Member[^1]:X4}";
            string value = column.Kind switch
            {
                ColumnKind.Timestamp => "\"2024-02-29T23:59:59Z\"",
                ColumnKind.Boolean => "true",
                _ => "\"v\"",
            };

            Assert.NotNull(_reader.Read($"{{\"{escaped}\":{value}}}")[column.Name]);
            Assert.Null(_reader.Read($"{{\"{escaped}\":{value}}}")["other_fields"]);
            string[] almosts =
            [
                column.Member[..^1], column.Member + "s", column.Member.ToUpperInvariant(), " " + column.Member,
                column.Member + "\\u0000", column.Member + "\\\"", column.Name,
            ];
            foreach (string almost in almosts)
            {
                bool same = EventSchema.MemberColumns.Any(known => known.Member == almost);
                Assert.Equal(
                    same ? null : $"{{\"{almost}\": {value}}}",
                    _reader.Read($"{{\"{almost}\":{value}}}")["other_fields"]);
            }
        }

        AssertRow("{\"event\\u0049D\":\"a\"}", "event_id", "a", null);
        AssertRow("{\"event\\u0049d\":\"a\"}", "event_id", "a", "{\"event\\u0049d\": \"a\"}");
        AssertRow("{\"eventID\":\"a\",\"event\\u0049D\":\"b\"}", "event_id", "b", null);
        AssertRow("{\"event\\u0049D\":1,\"eventID\":2}", "event_id", "2", "{\"eventID\": 2}");
    }

    [Fact]
    public void Of_a_repeated_member_the_last_counts()
    {
        AssertRow("{\"eventName\":\"a\",\"eventName\":\"b\"}", "event_name", "b", null);
        AssertRow("{\"eventName\":5,\"eventName\":\"b\"}", "event_name", "b", null);
        AssertRow("{\"eventName\":\"a\",\"x\":1,\"eventName\":5}", "event_name", "5", "{\"x\": 1, \"eventName\": 5}");
        AssertRow("{\"eventName\":5,\"x\":1,\"eventName\":6}", "event_name", "6", "{\"x\": 1, \"eventName\": 6}");
        AssertRow("{\"eventName\":\"a\",\"eventName\":null}", "event_name", null, null);
        AssertRow("{\"eventName\":5,\"eventName\":null}", "event_name", null, null);
        AssertRow("{\"eventName\":null,\"eventName\":\"b\"}", "event_name", "b", null);
        AssertRow("{\"readOnly\":\"x\",\"readOnly\":true}", "read_only", true, null);
        AssertRow("{\"readOnly\":true,\"readOnly\":\"x\"}", "read_only", null, "{\"readOnly\": \"x\"}");
        AssertRow(
            "{\"eventTime\":\"2024-02-29T23:59:59Z\",\"eventTime\":\"?\"}", "event_time", null,
            "{\"eventTime\": \"?\"}");
        AssertRow("{\"resources\":[1],\"resources\":{}}", "resources", "{}", null);
    }

    [Fact]
    public void Unknown_members_stand_in_other_fields_byte_by_byte_in_their_order()
    {
        AssertOthers("{}", null);
        AssertOthers("{\"a\":null}", "{\"a\": null}");
        AssertOthers(
            "{ \"b\" :\t{ \"x\" : 1.00 } ,\"eventName\":\"n\", \"a\"\r: [ ] }",
            "{\"b\": { \"x\" : 1.00 }, \"a\": [ ]}");
        AssertOthers(
            "{\"\":0,\"other_fields\":{},\"\\uD800\":\"\\uDC00\",\"\\u00e9\":\"\\u00e9\",\"漢\":\"漢\"}",
            "{\"\": 0, \"other_fields\": {}, \"\\uD800\": \"\\uDC00\", \"\\u00e9\": \"\\u00e9\", \"漢\": \"漢\"}");
        AssertOthers($"{{\"n\":{new string('7', 400)}}}", $"{{\"n\": {new string('7', 400)}}}");
        AssertOthers("{\"eventName\":null}", null);
        AssertOthers("{\"a\":null,\"eventName\":5}", "{\"a\": null, \"eventName\": 5}");
    }

    [Fact]
    public void Of_unknown_members_of_one_name_the_last_stands_in_other_fields()
    {
        AssertOthers("{\"a\":1,\"b\":2,\"a\":3}", "{\"b\": 2, \"a\": 3}");
        AssertOthers("{\"a\":1,\"\\u0061\":2}", "{\"\\u0061\": 2}");
        AssertOthers("{\"a\":1,\"a\":null}", "{\"a\": null}");
        AssertOthers("{\"é\":1,\"\\u00e9\":2,\"e\\u0301\":3}", "{\"\\u00e9\": 2, \"e\\u0301\": 3}");
        AssertOthers(
            "{\"\\uD83D\\uDE00\":1,\"😀\":2,\"\\uD83D\":3,\"\\uDE00\":4,\"\\uFFFD\":5}",
            "{\"😀\": 2, \"\\uD83D\": 3, \"\\uDE00\": 4, \"\\uFFFD\": 5}");
        AssertOthers("{\"\\uD83D\":1,\"\\ud83d\":2}", "{\"\\ud83d\": 2}");
        AssertOthers("{\"a\":1,\"eventName\":1,\"a\":2,\"eventName\":2,\"a\":3}", "{\"eventName\": 2, \"a\": 3}");
    }

    [Fact]
    public void White_space_around_anything_is_passed_over()
    {
        var row = _reader.Read(" \t\r{ \"eventName\"\t:\r\"a\" , \"readOnly\" : true\t,\"resources\" : [ 1 ] \t} \r");

        Assert.Equal(("a", true, "[ 1 ]"), (row["event_name"], row["read_only"], row["resources"]));
        Assert.Null(row["other_fields"]);
    }

    [Fact]
    public void Members_may_stand_in_any_order()
    {
        var members = EventSchema.MemberColumns.Select((column, number) => (column, Value: column.Kind switch
        {
            ColumnKind.Boolean => "true",
            ColumnKind.Timestamp => "\"2024-02-29T23:59:59Z\"",
            _ => $"\"v{number}\"",
        })).ToArray();
        var random = new Random(1);

        for (int round = 0; round < 200; round++)
        {
            random.Shuffle(members);
            var some = members[..random.Next(members.Length + 1)];
            var line = some.Aggregate(
                new EventBuilder(), (builder, member) => builder.With(member.column.Member, member.Value));

            var row = _reader.Read(line.ToString());

            foreach (var (column, value) in members)
            {
                bool there = some.Any(member => member.column == column);
                object? expected = column.Kind switch
                {
                    ColumnKind.Boolean => true,
                    ColumnKind.Timestamp => 1709251199_000,
                    ColumnKind.Json => value,
                    _ => value.Trim('"'),
                };
                Assert.Equal(there ? expected : null, row[column.Name]);
            }

            Assert.Null(row["other_fields"]);
        }
    }

    [Fact]
    public void Nothing_of_an_event_is_left_in_the_next_one()
    {
        _reader.Read(
            EventBuilder.Usual().With("eventId", "5").With("eventName", "{}").With("readOnly", "\"x\"").ToString());

        Assert.All(_reader.Read("{}").Values, Assert.Null);
        Assert.False(_reader.Accepts("{\"eventName\":5,\"x\":1,"u8));
        Assert.All(_reader.Read("{}").Values, Assert.Null);
    }

    [Fact]
    public void An_event_of_thousands_of_members_and_megabytes_is_read()
    {
        string members = string.Join(
            ',', Enumerable.Range(0, 20_000).Select(number => $"\"m{number % 15_000}\":{number}"));
        string text = string.Concat(Enumerable.Repeat("é\\n\\uD83D\\uDE00", 300_000));

        var row = _reader.Read($"{{{members},\"errorMessage\":\"{text}\"}}");

        Assert.Equal(RebuiltEvent.Unescape(text), row["error_message"]);
        var last = Enumerable.Range(5000, 15_000).Select(number => $"\"m{number % 15_000}\": {number}");
        Assert.Equal($"{{{string.Join(", ", last)}}}", row["other_fields"]);
    }

    private static TheoryData<string> ColumnsOf(ColumnKind kind) =>
        [.. EventSchema.MemberColumns.Where(column => column.Kind == kind).Select(column => column.Name)];

    private static string MemberOf(string name) => EventSchema.Columns.Single(column => column.Name == name).Member;

    /// <summary>
    /// Checks the column's value with and without other members, and that other_fields has it only where it must.
    /// </summary>
    private void AssertColumn(string name, string member, string json, object? expected, bool exact)
    {
        json = json.Trim();
        AssertRow($"{{\"{member}\":{json}}}", name, expected, exact ? null : $"{{\"{member}\": {json}}}");
        AssertRow(
            $"{{\"x\":[\"\\n\"],\"{member}\":{json},\"y\":null}}", name, expected,
            exact ? "{\"x\": [\"\\n\"], \"y\": null}" : $"{{\"x\": [\"\\n\"], \"{member}\": {json}, \"y\": null}}");
    }

    private void AssertRow(string line, string column, object? expected, string? otherFields)
    {
        var row = _reader.Read(line);

        Assert.Equal(expected, row[column]);
        Assert.Equal(otherFields, row["other_fields"]);
        Assert.All(
            row,
            value => Assert.True(
                value.Value is null || value.Key == column || value.Key == "other_fields", $"{value.Key} in {line}"));
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);
    }

    private void AssertOthers(string line, string? expected)
    {
        var row = _reader.Read(line);

        Assert.Equal(expected, row["other_fields"]);
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);
    }
}
