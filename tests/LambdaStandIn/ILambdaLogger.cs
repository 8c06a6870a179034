namespace Amazon.Lambda.Core;

/// <summary>Where a function's log lines go.</summary>
public interface ILambdaLogger
{
    /// <summary>Logs a line.</summary>
    void LogLine(string message);
}
