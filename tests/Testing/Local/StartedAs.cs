using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Prefixes for a command that undo what it would inherit from whatever started the tests.</summary>
internal static class StartedAs
{
    private const string Env = "/usr/bin/env", SetPrivileges = "/usr/bin/setpriv";

    /// <summary>
    /// A signal has its default action. A shell without job control starts background processes with SIGINT ignored;
    /// their child processes inherit that, and .NET does not change it.
    /// </summary>
    public static string[] Interruptible(string signal, int number)
    {
        if (!IsIgnored(number))
        {
            return [];
        }

        string[] command = [Env, $"--default-signal={signal}"];
        TestRun.Needs(
            Starts(command),
            $"SIG{signal} is ignored by what started the tests, and there is no env with --default-signal "
            + "(GNU coreutils 8.31 or later) to undo that.");
        return command;
    }

    /// <summary>The user is not root, because root may read and write whatever the file modes say.</summary>
    /// <param name="readable">A file that this user must be able to read.</param>
    public static string[] Nobody(string readable)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return [];
        }

        string[] command = [SetPrivileges, "--reuid=65534", "--regid=65534", "--clear-groups"];
        TestRun.Needs(File.Exists(SetPrivileges), "There is no setpriv (util-linux) to run as another user than root.");
        TestRun.Needs(
            Starts([.. command, "test", "-r", readable]), $"{readable} cannot be read by another user than root.");
        return command;
    }

    private static bool IsIgnored(int signal)
    {
        string? ignored = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status")
                .FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        string mask = ignored?["SigIgn:".Length..].Trim() ?? "0";
        return ((ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1)) & 1) != 0;
    }

    private static bool Starts(string[] command)
    {
        if (!File.Exists(command[0]))
        {
            return false;
        }

        // env prints its variables.
        using var process = Command.Start(command[0], command[1..]);
        process.StandardOutput.ReadToEnd();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
