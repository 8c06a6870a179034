namespace Amazon.Lambda.Core;

/// <summary>
/// Where a function's log lines go. Only the members that an implementation has to have; the package's others
/// (levels, parameters) have bodies of their own.
/// </summary>
public interface ILambdaLogger
{
    /// <summary>Logs without a line feed.</summary>
    void Log(string message);

    /// <summary>Logs a line.</summary>
    void LogLine(string message);
}

/// <summary>Not used, but in the package: where a file names Microsoft.Extensions.Logging's as well, it has to say which.</summary>
public enum LogLevel
{
    Trace,
    Debug,
    Information,
    Warning,
    Error,
    Critical,
}
