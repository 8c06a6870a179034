using System.Diagnostics;
using System.Text;
using Xunit;

namespace CloudTrailAggregation.Tests;

/// <summary>A program run to its end: the one way in which the tests start processes.</summary>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    /// <summary>Both outputs.</summary>
    public string Said => Output + Error;

    public void Deconstruct(out int exitCode, out string said) => (exitCode, said) = (ExitCode, Said);

    /// <summary>Skips the test if the program does not start, or fails it if CLOUDTRAIL_REQUIRE_ALL=1.</summary>
    public static async Task NeedsAsync(string install, string program, params string[] arguments)
    {
        if (!await StartsAsync(program, arguments))
        {
            TestRun.Needs(false, $"{program} {string.Join(' ', arguments)} does not work here. To install: {install}");
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name, or its path; below <paramref name="directory"/> if that starts with ./.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="directory">Where it runs; the repository's root by default.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    public static async Task<Command> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        string? directory = null,
        IEnumerable<(string Name, string Value)>? environment = null)
    {
        using var process = Start(program, arguments, directory, redirectInput: true, environment);
        return await EndOfAsync(process, Timeout.InfiniteTimeSpan, input ?? "");
    }

    /// <summary>Starts a program. The caller reads its outputs, and writes its input if it is redirected.</summary>
    /// <param name="program">As for <see cref="RunAsync"/>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs; the repository's root by default.</param>
    /// <param name="redirectInput">Whether the caller writes its standard input.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    /// <param name="without">Variables of the tests that it does not get.</param>
    public static Process Start(
        string program,
        IEnumerable<string> arguments,
        string? directory = null,
        bool redirectInput = false,
        IEnumerable<(string Name, string Value)>? environment = null,
        IEnumerable<string>? without = null)
    {
        directory ??= Repository.Root;
        var start = new ProcessStartInfo(
            program.StartsWith("./", StringComparison.Ordinal) ? Path.Combine(directory, program) : program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // The test host sets these for itself; an SDK started here must find its own.
        string[] ofHost = [.. start.Environment.Keys.Where(
            name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))];
        foreach (string name in ofHost.Concat(without ?? []))
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Reads both outputs until the process ends, and kills it if it takes too long.</summary>
    /// <param name="process">Started by <see cref="Start"/>.</param>
    /// <param name="patience">The time after which it is killed.</param>
    /// <param name="input">Its standard input; null if it is not redirected, or if the caller writes it.</param>
    public static async Task<Command> EndOfAsync(Process process, TimeSpan patience, string? input = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            if (input is not null)
            {
                await WriteAsync(process.StandardInput, input);
            }

            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new Command(process.ExitCode, await output, await error);
    }

    private static async Task WriteAsync(StreamWriter standardInput, string input)
    {
        try
        {
            await standardInput.WriteAsync(input);
            standardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading it.
        }
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
