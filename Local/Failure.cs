using System.CommandLine;
using CloudTrailAggregation.Ground;

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
    /// <param name="e">The failure.</param>
    /// <param name="verbose">Whether to show where in the code it comes from.</param>
    /// <param name="prefix">What it belongs to, where that is not said otherwise.</param>
    /// <returns>1.</returns>
    public static int Failed(Exception e, bool verbose, string prefix = "")
    {
        Console.Error.WriteLine(e is AggregationException
            ? $"error: {prefix}{OnOneLine(e.Message)}"
            : $"error: {prefix}{e.GetType().Name}: {OnOneLine(e.Message)} (unexpected; --verbose shows where)");
        if (verbose)
        {
            Console.Error.WriteLine(string.Join('\n', e.ToString().Split('\n').Select(SingleLine.Of)));
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

    /// <summary>A signal ended the command.</summary>
    /// <param name="exitCode">What the signal makes of it.</param>
    /// <param name="e">Says how things stand, if it is a <see cref="CancelledException"/>.</param>
    /// <returns>The exit code given.</returns>
    public static int Cancelled(int exitCode, OperationCanceledException e)
    {
        Console.Error.WriteLine($"error: {(e is CancelledException ? e.Message : "cancelled; nothing was changed.")}");
        return exitCode;
    }

    /// <summary>Some messages have several lines, and some quote text from outside, which is not for the terminal to obey.</summary>
    public static string OnOneLine(string message) =>
        SingleLine.Of(string.Join(' ', message.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));
}

/// <summary>What was asked for cannot be meant; the message says what can be.</summary>
internal sealed class WrongUsageException(string message, Exception? innerException = null) : Exception(message, innerException);
