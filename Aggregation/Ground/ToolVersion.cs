using System.Reflection;

namespace CloudTrailAggregation.Ground;

/// <summary>The version of this tool, as each file it writes names it.</summary>
internal static class ToolVersion
{
    public static readonly string Text = typeof(ToolVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
