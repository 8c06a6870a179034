using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>The command line as a user runs it: a process, its two outputs, its exit code.</summary>
internal sealed partial record CommandLineRun(int ExitCode, string Output, string Error)
{
    /// <summary>Enough for a slow machine; a run that hangs fails its test.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string[] Amazon =
    [
        "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];

    /// <summary>
    /// The lines on stderr except the progress lines, whose number depends on the speed of the machine.
    /// </summary>
    public string[] ErrorLines =>
        [.. Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !ProgressLine().IsMatch(line))];

    [GeneratedRegex(
        @"^2024-[0-9]{2}( \([0-9]+ of [0-9]+\))?: (stopping|reading, [0-9]+ s|[0-9,]+ of [0-9,]+ files?, .* events/s, .*(left|ending))$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ProgressLine();

    /// <summary>
    /// The native program to test instead of the assembly, as CLOUDTRAIL_PROGRAM names it; null for none.
    /// </summary>
    public static string? NativeProgram { get; } =
        Environment.GetEnvironmentVariable("CLOUDTRAIL_PROGRAM") is { Length: > 0 } path ? path : null;

    /// <summary>
    /// The file of the command line: the native program, or the assembly that was built with these tests, in the same
    /// configuration.
    /// </summary>
    public static string File { get; } = NativeProgram ?? Built("Local", "cloudtrail-aggregation.dll");

    /// <summary>What starts the command line; its arguments follow.</summary>
    public static string[] Program { get; } = ProgramOf(File);

    /// <summary>The assembly of another project, in the configuration of these tests.</summary>
    public static string Built(string project, string assembly)
    {
        // The first part is the project in tests/; the second names the configuration.
        string[] place = Path.GetRelativePath(Repository.File("tests"), AppContext.BaseDirectory)
            .Split(Path.DirectorySeparatorChar, 2);
        return Repository.File(project, place[1], assembly);
    }

    public static Task<CommandLineRun> OfAsync(params string[] arguments) => OfAsync([], arguments);

    /// <summary>Runs it with these environment variables and none of the caller's AWS variables.</summary>
    public static Task<CommandLineRun> OfAsync((string Name, string Value)[] environment, string[] arguments) =>
        OfAsync(File, environment, arguments);

    /// <summary>Runs another program of the repository: an assembly or a native program.</summary>
    public static async Task<CommandLineRun> OfAsync(
        string file, (string Name, string Value)[] environment, string[] arguments)
    {
        string[] program = ProgramOf(file);
        using var process = Start(program[0], [.. program[1..], .. arguments], environment);
        return await EndOfAsync(process);
    }

    public static Process Start(
        string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(file, arguments, redirectInput: false, environment);

    public static Process Start(
        string file, IEnumerable<string> arguments, bool redirectInput,
        params (string Name, string Value)[] environment)
    {
        Assert.True(System.IO.File.Exists(File), $"{File} is not built.");
        var ofAmazon = Amazon.Where(name => environment.All(variable => variable.Name != name));
        return Command.Start(
            file, arguments, Environment.CurrentDirectory, redirectInput, environment, without: ofAmazon);
    }

    /// <summary>What starts a program.</summary>
    /// <param name="file">An assembly or a native program.</param>
    public static string[] ProgramOf(string file) =>
        file.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", "exec", file] : [file];

    public static async Task<CommandLineRun> EndOfAsync(Process process, TimeSpan? patience = null)
    {
        var (exitCode, output, error) = await Command.EndOfAsync(process, patience ?? Patience);
        return new CommandLineRun(exitCode, output, error);
    }
}
