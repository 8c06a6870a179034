using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Events;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// What a month must become, found without the product's code except the table of columns: with GZipStream,
/// JsonDocument and a set of the lines of each day. It handles events as CloudTrail writes them: each member once,
/// names without escapes.
/// </summary>
internal sealed partial class ExpectedRows
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<IReadOnlyDictionary<string, object?>> _rows = [];
    private readonly Dictionary<int, HashSet<string>> _linesOfDay = [];

    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows => _rows;

    public int Lines { get; private set; }

    public int Duplicates { get; private set; }

    public int Rejects { get; private set; }

    /// <param name="directory">The month's, with a folder for each day.</param>
    public static ExpectedRows Of(string directory)
    {
        var expected = new ExpectedRows();
        foreach (string path in Directory.GetFiles(directory, "*.gz", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            int day = int.Parse(Path.GetFileName(Path.GetDirectoryName(path))!, CultureInfo.InvariantCulture);

            // One character for each byte, so that lines that differ in a byte stay different.
            foreach (string line in Encoding.Latin1.GetString(Gunzip(path)).Split('\n').Where(line => line.Length > 0))
            {
                expected.Add(day, line);
            }
        }
        return expected;
    }

    public static byte[] Gunzip(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var text = new MemoryStream();
        gzip.CopyTo(text);
        return text.ToArray();
    }

    private void Add(int day, string line)
    {
        Lines++;
        var today = _linesOfDay.TryGetValue(day, out var lines)
            ? lines
            : _linesOfDay[day] = new HashSet<string>(StringComparer.Ordinal);
        if (!today.Add(line) || (_linesOfDay.TryGetValue(day - 1, out var yesterday) && yesterday.Contains(line)))
        {
            Duplicates++;
            return;
        }
        try
        {
            // JsonDocument validates the bytes of a string only when the string is read.
            using var json = JsonDocument.Parse(Strict.GetString(Encoding.Latin1.GetBytes(line)));
            _rows.Add(RowOf(json.RootElement));
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            Rejects++;
        }
    }

    private static Dictionary<string, object?> RowOf(JsonElement json)
    {
        var row = EventSchema.Columns.ToDictionary(column => column.Name, _ => (object?)null, StringComparer.Ordinal);
        var others = new List<string>();
        foreach (var member in json.EnumerateObject())
        {
            var column = Array.Find(
                EventSchema.MemberColumns,
                column => column.Member == member.Name || column.OtherSpelling == member.Name);
            if (column is not null && member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (column is not null)
            {
                row[column.Name] = ValueOf(column.Kind, member.Value);
            }

            if (column is null || column.Member != member.Name || !IsExact(column.Kind, member.Value))
            {
                others.Add($"\"{member.Name}\": {member.Value.GetRawText()}");
            }
        }

        if (row["event_type"] is "AwsAggregatedEvent")
        {
            var window = json.GetProperty("timeWindow");
            row["event_time"] = ValueOf(ColumnKind.Timestamp, window.GetProperty("windowStart"));
            row["recipient_account_id"] = json.GetProperty("accountId").GetString();
        }

        foreach (var (column, value) in DerivedOracle.Of((string?)row["user_identity"]))
        {
            row[column] = value;
        }

        row["other_fields"] = others.Count == 0 ? null : $"{{{string.Join(", ", others)}}}";
        return row;
    }

    private static object? ValueOf(ColumnKind kind, JsonElement value) => kind switch
    {
        ColumnKind.Json => value.GetRawText(),
        ColumnKind.Boolean => bool.TryParse(value.ToString(), out bool flag) ? flag : null,
        ColumnKind.Timestamp => DateTimeOffset.Parse(
            value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds(),
        _ => value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(),
    };

    private static bool IsExact(ColumnKind kind, JsonElement value) => kind switch
    {
        ColumnKind.Json => true,
        ColumnKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        ColumnKind.Timestamp => ExactTime().IsMatch(value.GetString()!),
        _ => value.ValueKind == JsonValueKind.String,
    };

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?!000)\d{3})?Z$", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ExactTime();
}
