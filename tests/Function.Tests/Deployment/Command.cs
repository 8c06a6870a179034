using System.Diagnostics;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>Programs beside the SDK: run where they are installed, asked for where the whole run is asked for.</summary>
internal static class Command
{
    /// <summary>Skips where the program does not start, or fails when everything is asked for.</summary>
    public static async Task NeedsAsync(string install, string program, params string[] arguments)
    {
        if (!await StartsAsync(program, arguments))
        {
            string reason = $"{program} {string.Join(' ', arguments)} does not work here. To install: {install}";
            Assert.False(TestRun.RequiresAll, reason);
            Assert.Skip(reason);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code, standard output and standard error.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        string? directory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Process.Start(StartInfo(program, arguments, directory, environment))!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    public static ProcessStartInfo StartInfo(
        string program, IEnumerable<string> arguments, string? directory, IReadOnlyDictionary<string, string>? environment)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Repository.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static async Task<bool> StartsAsync(string program, string[] arguments)
    {
        try
        {
            return (await RunAsync(program, arguments)).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
