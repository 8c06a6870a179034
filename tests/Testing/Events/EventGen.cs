using CloudTrailAggregation.Events;
using CsCheck;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>Generates lines of one JSON object each that CloudTrail is unlikely to write.</summary>
internal static class EventGen
{
    private static readonly Gen<string> White = Gen.OneOf("", "", "", "", " ", "  ", "\t", "\r", "\r\t ");

    private static readonly Gen<string> Fragment = Gen.OneOf(
        Gen.OneOf(
            "a", "Event", "\u007f", "é", "漢字", "😀", "\uFEFF", "\u2028", "'", "{", "}", "[", "]", ":", ",", "null",
            "//"),
        Gen.OneOf(
            "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001f", "\\u0041", "\\u00e9",
            "\\u6F22", "\\uFFFF"),
        Gen.OneOf(
            "\\uD83D\\uDE00", "\\ud83d\\ude00", "\\uD800", "\\uDFFF", "\\udbff", "\\uDC00\\uD800", "\\uD800\\u0041",
            "\\uD800x"),
        Gen.Int[1, 70].Select(length => new string('x', length)));

    private static readonly Gen<string> Text = Fragment.Array[0, 6]
        .Select(fragments => $"\"{string.Concat(fragments)}\"");

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.OneOf(
            "0", "-0", "0.0", "1.50", "-12.5E+10", "1e-400", "9e99999", "123456789012345678901234567890", "1.0", "1"),
        Gen.Int[300, 500].Select(digits => $"-{new string('7', digits)}.{new string('1', digits)}"));

    private static readonly Gen<string> Time = Gen.OneOf(
        "\"2024-02-29T23:59:59Z\"", "\"2024-02-29T23:59:59.120Z\"", "\"2024-02-29T23:59:59.000Z\"",
        "\"2024-02-29T23:59:59.1234567Z\"", "\"2024-02-29 23:59:59\"", "\"2024-02-29T23:59:59+01:00\"",
        "\"2023-02-29T00:00:00Z\"", "\"2024-02-29T23:59:59\\u005a\"",
        "\"0001-01-01T00:00:00Z\"", "\"1969-12-31T23:59:59.999Z\"", "\"9999-12-31T23:59:59.999Z\"", "1709251199");

    private static readonly Gen<string> Scalar = Gen.Frequency(
        (3, Text),
        (1, Number),
        (2, Gen.OneOf("null", "true", "false", "\"\"", "{}", "[]", "\"True\"", "\"FALSE\"", "\"tru\\u0065\"")),
        (1, Time));

    private static readonly Gen<string> Deep = Gen.Select(
        Gen.Int[1, 127],
        Gen.Bool,
        (levels, odd) => (odd ? "[" : "")
            + string.Concat(Enumerable.Repeat("{\"a\":[", levels))
            + "1"
            + string.Concat(Enumerable.Repeat("]}", levels))
            + (odd ? "]" : ""));

    /// <summary>Any JSON value of a few levels.</summary>
    private static readonly Gen<string> Shallow = Gen.Frequency((8, Scalar), (3, Nested(levels: 3)));

    /// <summary>Any JSON value. The deepest ones have as many levels as a member of an event may have.</summary>
    public static readonly Gen<string> Value = Gen.Frequency((11, Shallow), (1, Deep));

    private static readonly Gen<string> Known = Gen.OneOf(
        [
            .. EventSchema.MemberColumns.Select(column => column.Member),
            .. EventSchema.Columns.Select(column => column.OtherSpelling).OfType<string>(),
        ]);

    private static readonly Gen<string> EscapedKnown = Escaped(Known);

    /// <summary>Few names, so that they repeat, and names that differ from a known one in one place.</summary>
    private static readonly Gen<string> Name = Gen.Frequency(
        (8, Known.Select(Quote)),
        (4, Gen.OneOf("eventID", "eventId", "eventTime", "readOnly", "resources", "userAgent").Select(Quote)),
        (3, EscapedKnown.Select(Quote)),
        (2, Gen.OneOf(
            "", "new", "n\\u0065w", "eventI", "eventIDs", "eventid", "eventID\\u0000", "\\uD800", "\\uD801", "é",
            "\\u00e9", "other_fields").Select(Quote)),
        (1, Text));

    /// <summary>The value of a member of userIdentity: most often a text, but it may be anything.</summary>
    private static readonly Gen<string> IdentityValue = Gen.Frequency(
        (6, Text),
        (3, Gen.OneOf(
            "\"\"", "\"a\"", "\"true\"", "\"False\"", "\"tru\\u0065\"", "true", "false", "null", "0", "{}", "[]",
            "\"AROA7EXAMPLE:i-1\"", "\"arn:aws:iam::123456789012:role/\\u0041\"", "\"\\uD800\"")),
        (1, Shallow));

    private static readonly Gen<string> Issuer = Members(
        Gen.OneOf("arn", "userName", "type", "principalId"), IdentityValue);

    private static readonly Gen<string> Attributes = Members(
        Gen.OneOf("mfaAuthenticated", "creationDate"), IdentityValue);

    private static readonly Gen<string> Session = Members(
        (2, Gen.OneOf("sessionIssuer", "sourceIdentity"), Issuer),
        (2, Gen.OneOf("attributes"), Attributes),
        (1, Gen.OneOf("sessionIssuer", "attributes", "sourceIdentity", "ec2RoleDelivery"), IdentityValue));

    /// <summary>
    /// A userIdentity with its members at any level in any order: absent, repeated, escaped, of any type, or in the
    /// place of another.
    /// </summary>
    public static readonly Gen<string> Identity = Gen.Frequency(
        (9, Members(
            (8, Gen.OneOf("type", "arn", "accountId", "principalId", "userName", "accessKeyId", "invokedBy"),
                IdentityValue),
            (3, Gen.OneOf("sessionContext"), Session),
            (1, Gen.OneOf("sessionContext", "onBehalfOf", "sessionIssuer", "userIdentity"), IdentityValue),
            (1, Gen.OneOf("onBehalfOf"), Members(Gen.OneOf("userId", "identityStoreArn"), IdentityValue)))),
        (1, Shallow));

    private static readonly Gen<string> Member = Gen.Select(
        White, Name, White, White, Value, White,
        (before, name, after, beforeValue, value, end) => before + name + after + ":" + beforeValue + value + end);

    /// <summary>Members of an aggregated event, and the members of other events that they replace.</summary>
    private static readonly Gen<string> AggregatedMember = Gen.OneOf(
        Gen.OneOf(
            "\"eventType\":\"AwsAggregatedEvent\"", "\"eventType\":\"AwsAggregated\\u0045vent\"",
            "\"eventType\":\"AwsApiCall\"", "\"eventType\":null"),
        Gen.Select(
            Gen.OneOf("accountId", "account\\u0049d", "recipientAccountId", "timeWindow", "eventTime"), Value,
            (name, value) => $"\"{name}\":{value}"),
        Gen.Select(
            Gen.OneOf("windowStart", "window\\u0053tart", "windowEnd"), Gen.OneOf(Time, Shallow), White,
            (name, value, white) =>
                $"\"timeWindow\":{{{white}\"windowSize\":{{}}{white},{white}"
                + $"\"{name}\"{white}:{white}{value}{white}}}"));

    /// <summary>A line of one valid event.</summary>
    public static readonly Gen<string> Line = Gen.Select(
        White,
        Gen.Frequency(
            (4, Gen.Frequency((12, Member), (1, Identity.Select(json => $"\"userIdentity\":{json}"))).Array[0, 14]),
            (1, Gen.Frequency((1, Member), (3, AggregatedMember)).Array[0, 14])),
        White,
        (before, members, after) => $"{before}{{{(members.Length == 0 ? after : string.Join(',', members))}}}{after}");

    private static Gen<string> Nested(int levels)
    {
        var value = levels == 1 ? Scalar : Gen.Frequency((3, Scalar), (2, Nested(levels - 1)));
        var array = Gen.Select(
            White, value.Array[0, 4], (white, values) => $"[{white}{string.Join($"{white},", values)}{white}]");
        var member = Gen.Select(Text, White, value, (name, white, json) => $"{name}{white}:{json}{white}");
        var obj = Gen.Select(
            White, member.Array[0, 4], (white, members) => $"{{{white}{string.Join($",{white}", members)}}}");
        return Gen.OneOf(array, obj);
    }

    /// <summary>An object with these members, whose names may have an escape.</summary>
    private static Gen<string> Members(Gen<string> name, Gen<string> value) => Members((1, name, value));

    private static Gen<string> Members(params (int Frequency, Gen<string> Name, Gen<string> Value)[] kinds)
    {
        var member = Gen.Frequency(
            [.. kinds.Select(kind => (kind.Frequency, Gen.Select(
                White, Gen.Frequency((7, kind.Name), (1, Escaped(kind.Name))), White, kind.Value,
                (white, name, after, value) => $"{white}\"{name}\"{after}:{white}{value}{after}")))]);
        return Gen.Select(White, member.Array[0, 8], (white, members) => $"{{{white}{string.Join(',', members)}}}");
    }

    private static Gen<string> Escaped(Gen<string> known) =>
        Gen.Select(known, Gen.Int[0, 40], Gen.Bool, (name, at, capitals) =>
        {
            at %= name.Length;
            string escape = capitals ? $"\\u{(int)name[at]:X4}" : $"\\u{(int)name[at]:x4}";
            return name[..at] + escape + name[(at + 1)..];
        });

    private static string Quote(string name) => $"\"{name}\"";
}
