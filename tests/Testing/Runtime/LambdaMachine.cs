using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace CloudTrailAggregation.Tests.Runtime;

/// <summary>
/// The architecture that the function runs on: this machine's, or emulated arm64 if CLOUDTRAIL_ARM64_ROOT names a
/// directory that tests/arm64.sh has made (arm64 libraries, .NET in var/lang/bin, qemu in usr/bin).
/// </summary>
internal sealed record LambdaMachine(string Architecture, string System, string DotNet, string[] Emulator)
{
    private static readonly string Script = Path.Combine(Repository.Root, "tests/Testing/Runtime/lambda-root.sh");

    public static LambdaMachine Current { get; } =
        Environment.GetEnvironmentVariable("CLOUDTRAIL_ARM64_ROOT") is { Length: > 0 } root
            ? new LambdaMachine("arm64", root, Path.Combine(root, "var/lang/bin"), ["/usr/bin/qemu-aarch64-static"])
            : new LambdaMachine(OwnArchitecture, "/", DotNetDirectory(), []);

    private static string OwnArchitecture =>
        RuntimeInformation.ProcessArchitecture == global::System.Runtime.InteropServices.Architecture.Arm64
            ? "arm64"
            : "x86_64";

    public string Other => Architecture == "arm64" ? "x86_64" : "arm64";

    /// <summary>The name in the layer's store: x64 or arm64.</summary>
    public string Store => Architecture == "arm64" ? "arm64" : "x64";

    /// <summary>
    /// Skips a test that cannot have a mount namespace here, or fails it if CLOUDTRAIL_REQUIRE_ALL=1.
    /// </summary>
    public static async Task RequireAsync()
    {
        TestRun.RequireFull();
        var (exitCode, output) = await Command.RunAsync("unshare", [.. Namespace, "true"], directory: "/");
        Assert.True(
            exitCode == 0, $"There is no mount namespace here, neither as root nor in a user namespace: {output}");
    }

    /// <summary>The managed runtime's command, with only the given environment.</summary>
    /// <param name="root">An empty directory for the root of its files.</param>
    /// <param name="installed">The function and its layer.</param>
    /// <param name="cores">The cores that it may use, as a list for taskset; null for those of this process.</param>
    /// <param name="environment">Its environment.</param>
    public Process Start(
        string root, InstalledFunction installed, string? cores, IReadOnlyDictionary<string, string> environment)
    {
        // .NET writes code through a second mapping of its pages; qemu does not notice that and runs its old
        // translation.
        (string, string)[] ofEmulator = Emulator.Length > 0 ? [("DOTNET_EnableWriteXorExecute", "0")] : [];
        string[] command =
        [
            .. cores is null ? (string[])[] : ["taskset", "-c", cores], "unshare", .. Namespace,
            Script, root, System, DotNet, installed.Task, installed.Layer,
            .. Emulator, "/var/lang/bin/dotnet", "exec", "/var/task/CloudTrailAggregation.dll",
        ];
        return Command.Start(
            command[0],
            command[1..],
            environment: [.. environment.Select(variable => (variable.Key, variable.Value)), .. ofEmulator],
            without: Environment.GetEnvironmentVariables().Keys.Cast<string>());
    }

    private static string[] Namespace =>
        Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];

    // shared/Microsoft.NETCore.App/VERSION/ below it.
    private static string DotNetDirectory() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
}
