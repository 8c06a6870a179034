using System.Text.Json;
using System.Text.Unicode;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>
/// Reads a line with JsonDocument, and checks its bytes with Utf8, because JsonDocument does not check them in strings.
/// </summary>
internal static class JsonOracle
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 256 };

    /// <summary>Whether the line is one JSON object, at most 256 levels deep, in valid UTF-8.</summary>
    public static bool IsOneObject(byte[] line, out string? refusal)
    {
        refusal = Utf8.IsValid(line) ? null : "not UTF-8";
        if (refusal is not null)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line, Limits);
            refusal = document.RootElement.ValueKind.ToString();
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException invalid)
        {
            refusal = invalid.Message;
            return false;
        }
    }
}
