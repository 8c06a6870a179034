using System.Text.Json.Nodes;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Without a native library of ParquetSharp, as with musl, one line reports that.</summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class SupportedSystemTests : IDisposable
{
    private readonly Months _months = new();
    private readonly TemporaryDirectory _program = new();

    public void Dispose()
    {
        _months.Dispose();
        _program.Dispose();
    }

    [Theory]
    [InlineData("aggregate")]
    [InlineData("check")]
    [InlineData("show")]
    public async Task A_system_without_a_native_library_is_told_by_one_short_line(string command)
    {
        _months.WithEveryKindOfLine();
        await _months.RunAsync();
        LinkProgram(file => !IsNative(file));

        var run = await RunAsync(command);

        AssertRefused(run);
    }

    [Fact]
    public async Task A_damaged_native_library_is_told_by_one_short_line()
    {
        _months.WithEveryKindOfLine();
        LinkProgram(file => !IsNative(file));
        await File.WriteAllTextAsync(
            _program["ParquetSharpNative.so"], "damaged", TestContext.Current.CancellationToken);

        AssertRefused(await RunAsync("aggregate"));
    }

    [Fact]
    public async Task Help_is_there_without_it()
    {
        LinkProgram(file => !IsNative(file));

        var run = await CommandLineRun.OfAsync(Program, [], ["aggregate", "--help"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private string Program => _program[Path.GetFileName(CommandLineRun.File)];

    private Task<CommandLineRun> RunAsync(string command) => CommandLineRun.OfAsync(
        Program, [],
        command == "show" ? ["show", _months.Parquet] : [command, .. _months.Aggregate()[1..]]);

    private static void AssertRefused(CommandLineRun run)
    {
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        string error = Assert.Single(run.ErrorLines);
        Assert.StartsWith("error: ParquetSharp cannot be loaded for linux-", error, StringComparison.Ordinal);
        Assert.EndsWith(
            "It runs on Linux with glibc, macOS and Windows, x64 or arm64. On Alpine and other systems with musl use a "
            + ".NET image of Debian or Ubuntu; elsewhere build or publish the program again.",
            error, StringComparison.Ordinal);
        Assert.InRange(error.Length, 1, 450);
    }

    private static bool IsNative(string file) =>
        Path.GetFileName(file).StartsWith("ParquetSharpNative", StringComparison.Ordinal);

    /// <summary>The program as installed on a system for which the packages have no native library.</summary>
    private void LinkProgram(Func<string, bool> wanted)
    {
        string built = Path.GetDirectoryName(CommandLineRun.File)!;
        foreach (string file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories).Where(wanted))
        {
            string link = _program[Path.GetRelativePath(built, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (link.EndsWith(".dll", StringComparison.Ordinal) || file == CommandLineRun.NativeProgram)
            {
                // With a link the program would use the directory that it points to.
                File.Copy(file, link);
            }
            else if (!link.EndsWith(".deps.json", StringComparison.Ordinal))
            {
                File.CreateSymbolicLink(link, file);
            }
        }

        if (CommandLineRun.NativeProgram is not null)
        {
            return;
        }

        var deps = JsonNode.Parse(File.ReadAllText(Path.Combine(built, "cloudtrail-aggregation.deps.json")))!;
        foreach (var target in deps["targets"]!.AsObject())
        {
            foreach (var library in target.Value!.AsObject()
                .Where(library => library.Key.StartsWith("ParquetSharp/", StringComparison.Ordinal)))
            {
                library.Value!.AsObject().Remove("runtimeTargets");
            }
        }

        File.WriteAllText(_program["cloudtrail-aggregation.deps.json"], deps.ToJsonString());
    }
}
