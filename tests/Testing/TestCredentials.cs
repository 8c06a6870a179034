namespace CloudTrailAggregation.Tests;

/// <summary>The credentials for every S3 server of the tests.</summary>
internal static class TestCredentials
{
    public const string Name = "test";

    /// <summary>As a process takes them from its environment.</summary>
    public static (string Name, string Value)[] Variables { get; } =
        [("AWS_ACCESS_KEY_ID", Name), ("AWS_SECRET_ACCESS_KEY", Name)];

    /// <summary>For the clients of this process.</summary>
    public static void SetHere() =>
        Array.ForEach(Variables, variable => Environment.SetEnvironmentVariable(variable.Name, variable.Value));
}
