using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>
/// Rebuilds the event of a row and compares it with the source. A row has a value for each column, by the
/// column's name: null, string, long (milliseconds) or bool. The derived columns are compared with what
/// <see cref="DerivedOracle"/> reads.
/// </summary>
internal static class RebuiltEvent
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    private static readonly HashSet<string> KnownMembers =
        [.. EventSchema.MemberColumns.SelectMany(Spellings)];

    /// <summary>
    /// All of other_fields, and for each column that is not NULL, and none of whose spellings is in other_fields, its
    /// member with its value. Of an aggregated event, timeWindow is a spelling of eventTime, and accountId one of
    /// recipientAccountId.
    /// </summary>
    public static string From(IReadOnlyDictionary<string, object?> row)
    {
        var members = new List<string>();
        HashSet<string> others = [];
        if (row["other_fields"] is string json)
        {
            using var document = JsonDocument.Parse(json, Deep);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                Assert.True(others.Add(NameOf(member)), $"A repeated member in other_fields: {json}");
                members.Add(member.ToString());
            }

            Assert.NotEmpty(others);
        }

        foreach (var column in EventSchema.MemberColumns)
        {
            if (row[column.Name] is { } value && !NamesOf(column, row).Any(others.Contains))
            {
                members.Add($"\"{column.Member}\":{Write(value, column.Kind)}");
            }
        }

        return $"{{{string.Join(',', members)}}}";
    }

    /// <summary>
    /// Fails unless the row gives the source back as JSON: numbers by their digits, strings by their UTF-16 code units,
    /// up to known members that were null and earlier repeats of a member.
    /// </summary>
    public static void AssertEqual(ReadOnlySpan<byte> source, IReadOnlyDictionary<string, object?> row)
    {
        Assert.Equal(EventSchema.Columns.Select(column => column.Name), row.Keys);
        Assert.Equal(
            DerivedOracle.Of((string?)row["user_identity"]),
            row.Skip(EventSchema.FirstDerived).Select(cell => (cell.Key, cell.Value)));
        string rebuiltLine = From(row);
        string sourceLine = Encoding.UTF8.GetString(source);
        using var sourceEvent = JsonDocument.Parse(sourceLine, Deep);
        using var rebuiltEvent = JsonDocument.Parse(rebuiltLine, Deep);
        var expected = LastMembers(sourceEvent.RootElement)
            .Where(member => member.Value.ValueKind != JsonValueKind.Null || !KnownMembers.Contains(member.Key))
            .ToDictionary(StringComparer.Ordinal);
        var actual = LastMembers(rebuiltEvent.RootElement);

        Assert.Equal(actual.Count, rebuiltEvent.RootElement.EnumerateObject().Count());
        foreach (var (name, value) in expected)
        {
            if (!actual.Remove(name, out var rebuilt) || !Same(value, rebuilt))
            {
                Assert.Fail(
                    $"Member {Printable(name)} is not given back.\nSource:  {sourceLine}\nRebuilt: {rebuiltLine}");
            }
        }

        if (actual.Count > 0)
        {
            Assert.Fail(
                $"The source has no members {Printable(string.Join(", ", actual.Keys))}.\n"
                + $"Source:  {sourceLine}\nRebuilt: {rebuiltLine}");
        }
    }

    /// <summary>
    /// The UTF-16 code units of a JSON string. Halves of surrogate pairs are kept; GetString throws for them.
    /// </summary>
    public static string Unescape(string json)
    {
        var text = new StringBuilder(json.Length);
        for (int at = 0; at < json.Length; at++)
        {
            if (json[at] != '\\')
            {
                text.Append(json[at]);
            }
            else if (json[++at] == 'u')
            {
                text.Append((char)int.Parse(
                    json.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                at += 4;
            }
            else
            {
                int letter = "bfnrt".IndexOf(json[at], StringComparison.Ordinal);
                text.Append(letter < 0 ? json[at] : "\b\f\n\r\t"[letter]);
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Spellings(EventColumn column) =>
        column.OtherSpelling is null ? [column.Member] : [column.Member, column.OtherSpelling];

    private static IEnumerable<string> NamesOf(EventColumn column, IReadOnlyDictionary<string, object?> row) =>
        (row["event_type"] as string, column.Name) switch
        {
            ("AwsAggregatedEvent", "event_time") => [column.Member, "timeWindow"],
            ("AwsAggregatedEvent", "recipient_account_id") => [column.Member, "accountId"],
            _ => Spellings(column),
        };

    private static Dictionary<string, JsonElement> LastMembers(JsonElement json)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            members[NameOf(member)] = member.Value;
        }

        return members;
    }

    private static bool Same(JsonElement left, JsonElement right) =>
        left.ValueKind == right.ValueKind && left.ValueKind switch
        {
            JsonValueKind.String => Unescape(left.GetRawText()) == Unescape(right.GetRawText()),
            JsonValueKind.Number => left.GetRawText() == right.GetRawText(),
            JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
                && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
            JsonValueKind.Object => left.EnumerateObject().Count() == right.EnumerateObject().Count()
                && left.EnumerateObject().Zip(right.EnumerateObject())
                    .All(pair =>
                        NameOf(pair.First) == NameOf(pair.Second) && Same(pair.First.Value, pair.Second.Value)),
            _ => true,
        };

    private static string NameOf(JsonProperty member) =>
        Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member)));

    private static string Write(object value, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Boolean:
                return (bool)value ? "true" : "false";
            case ColumnKind.Json:
                return (string)value;
            case ColumnKind.Timestamp:
                Span<byte> text = stackalloc byte[24];
                return $"\"{Encoding.ASCII.GetString(text[..EventTime.Write((long)value, text)])}\"";
            default:
                return Quote((string)value);
        }
    }

    private static string Quote(string text)
    {
        var units = text.Select(unit => unit is '"' or '\\' or < ' ' ? $"\\u{(int)unit:x4}" : unit.ToString());
        return $"\"{string.Concat(units)}\"";
    }

    private static string Printable(string name) => JsonSerializer.Serialize(name.ReplaceLineEndings(" "));
}
