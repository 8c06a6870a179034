using System.CommandLine;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local;

/// <summary>Ends a command that is not done: with one line on stderr, and an exit code for scripts.</summary>
internal static class Failure
{
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show where in the code a failure comes from (the stack trace).",
        Recursive = true,
    };

    /// <summary>The command failed; what it would have replaced is unchanged.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="verbose">Whether to show where in the code the failure comes from.</param>
    /// <param name="prefix">Names what failed, for a message that does not.</param>
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

    /// <summary>The arguments are wrong, and nothing was started.</summary>
    /// <returns>2.</returns>
    public static int WrongUsage(IEnumerable<string> errors)
    {
        Console.Error.WriteLine($"error: {OnOneLine(string.Join(" ", errors.Distinct(StringComparer.Ordinal)))}");
        Console.Error.WriteLine("Add --help to see the options and examples.");
        return 2;
    }

    /// <summary>A signal ended the command.</summary>
    /// <param name="exitCode">128 and the number of the signal.</param>
    /// <param name="e">Has the message, if it is a <see cref="CancelledException"/>.</param>
    /// <returns><paramref name="exitCode"/>.</returns>
    public static int Cancelled(int exitCode, OperationCanceledException e)
    {
        Console.Error.WriteLine($"error: {(e is CancelledException ? e.Message : "cancelled; nothing was changed.")}");
        return exitCode;
    }

    /// <summary>
    /// A message on one line, because some messages have several. Text from outside is escaped, so that it cannot
    /// control the terminal.
    /// </summary>
    public static string OnOneLine(string message) =>
        SingleLine.Of(string.Join(' ', message.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));
}

/// <summary>The arguments contradict each other or reality; the message says what to give instead.</summary>
internal sealed class WrongUsageException(string message, Exception? innerException = null)
    : Exception(message, innerException);
