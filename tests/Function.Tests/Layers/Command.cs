using System.Diagnostics;

namespace CloudTrailAggregation.Tests.Layers;

/// <summary>Runs a command to its end and keeps what it said.</summary>
internal static class Command
{
    public static async Task<(int ExitCode, string Output)> Run(string directory, string file, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(file.StartsWith("./", StringComparison.Ordinal) ? Path.Combine(directory, file) : file, arguments) { UseShellExecute = false, WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        // Set by the test host for itself; the SDK started here is to find its own.
        foreach (string? name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
