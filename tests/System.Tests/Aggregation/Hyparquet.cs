using System.Text.Json;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// hyparquet, a reader in JavaScript that shares no code with the writer. Without Node.js or its packages such tests
/// are skipped, or fail if CLOUDTRAIL_REQUIRE_ALL=1.
/// </summary>
public sealed class Hyparquet
{
    private static readonly string Directory = Repository.File("tests", "readers");

    private readonly Lazy<Task<string?>> _missing = new(InstallAsync);

    /// <summary>Reads a file, or skips the test.</summary>
    public async Task<HyparquetFile> ReadAsync(byte[] file)
    {
        if (await _missing.Value is { } missing)
        {
            TestRun.Needs(false, missing);
        }
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, file);
        var (output, error) = await RunAsync("node", "read.js", path);
        File.Delete(path);
        Assert.True(error is null, error);
        return HyparquetFile.Parse(output);
    }

    /// <returns>What is missing; null if nothing is.</returns>
    private static async Task<string?> InstallAsync()
    {
        var (_, error) = await RunAsync("node", "--version");
        if (error is null && !IsInstalled)
        {
            (_, error) = await RunAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }

        return error is null
            ? null
            : $"hyparquet cannot be run: install Node.js 20 or later, and run npm ci in tests/readers ({error})";
    }

    private static bool IsInstalled
    {
        get
        {
            string wanted = Path.Combine(Directory, "package-lock.json");
            string installed = Path.Combine(Directory, "node_modules", ".package-lock.json");
            return File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted);
        }
    }

    /// <returns>The program's output, and its error or null.</returns>
    private static async Task<(string Output, string? Error)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            var (exitCode, output, error) = await Command.RunAsync(program, arguments, directory: Directory);
            return (output, exitCode == 0 ? null : $"{program} {arguments[0]}: {error.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception notFound)
        {
            return ("", notFound.Message);
        }
    }
}

/// <summary>
/// A Parquet file as hyparquet reads it: its footer, and its rows as <see cref="DuckDbRows"/> gives them.
/// </summary>
public sealed record HyparquetFile(JsonElement Footer, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows)
{
    /// <summary>Each column chunk of each row group with its column.</summary>
    public IEnumerable<(EventColumn Column, JsonElement Chunk)> ColumnChunks =>
        Footer.GetProperty("row_groups").EnumerateArray()
        .SelectMany(group => EventSchema.Columns.Zip(group.GetProperty("columns").EnumerateArray()));

    internal static HyparquetFile Parse(string output)
    {
        string[] lines = output.TrimEnd('\n').Split('\n');
        return new HyparquetFile(Json(lines[0]), [.. lines.Skip(1).Select(line => Row(Json(line)))]);
    }

    private static JsonElement Json(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private static Dictionary<string, object?> Row(JsonElement values) =>
        EventSchema.Columns.Zip(values.EnumerateArray())
            .ToDictionary(pair => pair.First.Name, pair => Value(pair.Second), StringComparer.Ordinal);

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetInt64(),
        _ => value.GetBoolean(),
    };
}
