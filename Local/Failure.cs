using System.CommandLine;

namespace CloudTrailAggregation.Local;

/// <summary>How a command ends that is not done: one line on stderr, and an exit code that a script can tell apart.</summary>
internal static class Failure
{
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show where in the code a failure comes from.",
        Recursive = true,
    };

    /// <summary>The command could not be done; what it was to replace is as it was.</summary>
    /// <returns>1.</returns>
    public static int Failed(Exception e, bool verbose)
    {
        Console.Error.WriteLine(e is AggregationException
            ? $"error: {OnOneLine(e.Message)}"
            : $"error: {e.GetType().Name}: {OnOneLine(e.Message)} (unexpected; --verbose shows where)");
        if (verbose)
        {
            Console.Error.WriteLine(e);
        }

        return 1;
    }

    /// <summary>The arguments make no sense, and nothing was begun.</summary>
    /// <returns>2.</returns>
    public static int WrongUsage(IEnumerable<string> errors)
    {
        Console.Error.WriteLine($"error: {OnOneLine(string.Join(" ", errors.Distinct(StringComparer.Ordinal)))}");
        Console.Error.WriteLine("Add --help to see the options and examples.");
        return 2;
    }

    /// <summary>A signal ended the command before its commit.</summary>
    /// <returns>The exit code given.</returns>
    public static int Cancelled(int exitCode)
    {
        Console.Error.WriteLine("error: cancelled before the commit: nothing was changed, and nothing half-done is left.");
        return exitCode;
    }

    /// <summary>Some messages quote text from outside: its line breaks and control characters are not for the terminal.</summary>
    private static string OnOneLine(string message) =>
        string.Join(' ', string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>What was asked for cannot be meant; the message says what can be.</summary>
internal sealed class WrongUsageException(string message, Exception? innerException = null) : Exception(message, innerException);
