using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>What stands before a command so that it starts as its test needs it, whatever started the tests.</summary>
internal static class StartedAs
{
    private const string Env = "/usr/bin/env", SetPrivileges = "/usr/bin/setpriv";

    /// <summary>
    /// With a signal that is not ignored. A shell without job control starts what runs in the background with SIGINT
    /// ignored, each process below inherits that, and .NET leaves it so.
    /// </summary>
    public static string[] Interruptible(string signal, int number)
    {
        if (!IsIgnored(number))
        {
            return [];
        }

        string[] command = [Env, $"--default-signal={signal}"];
        TestRun.Needs(Starts(command), $"SIG{signal} is ignored by what started the tests, and there is no env with --default-signal (GNU coreutils 8.31 or later) to undo that.");
        return command;
    }

    /// <summary>As another user than root, whom file modes do not bind.</summary>
    /// <param name="readable">A file that this user must be able to read.</param>
    public static string[] Nobody(string readable)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return [];
        }

        string[] command = [SetPrivileges, "--reuid=65534", "--regid=65534", "--clear-groups"];
        TestRun.Needs(File.Exists(SetPrivileges), "There is no setpriv (util-linux) to run as another user than root.");
        TestRun.Needs(Starts([.. command, "test", "-r", readable]), $"{readable} cannot be read by another user than root.");
        return command;
    }

    private static bool IsIgnored(int signal)
    {
        string? ignored = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return ignored is not null && ((ulong.Parse(ignored["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1)) & 1) != 0;
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
