namespace Amazon.Lambda.Core;

/// <summary>
/// Receives a function's log lines. It has only the members without a body in the package; the package's overloads with
/// levels and parameters have bodies.
/// </summary>
public interface ILambdaLogger
{
    /// <summary>Logs without a line feed.</summary>
    void Log(string message);

    /// <summary>Logs a line.</summary>
    void LogLine(string message);
}

/// <summary>
/// The package's levels, which the function does not use. A file that also uses Microsoft.Extensions.Logging's LogLevel
/// must say which one it means, as it must with the package.
/// </summary>
public enum LogLevel
{
    Trace,
    Debug,
    Information,
    Warning,
    Error,
    Critical,
}
