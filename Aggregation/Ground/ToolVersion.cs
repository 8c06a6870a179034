using System.Reflection;

namespace CloudTrailAggregation.Ground;

/// <summary>The version of this tool; every file that it writes names it.</summary>
internal static class ToolVersion
{
    public static readonly string Text = typeof(ToolVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
