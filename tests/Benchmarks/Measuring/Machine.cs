using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>What a figure means nothing without.</summary>
internal static class Machine
{
    public static string Description => string.Create(CultureInfo.InvariantCulture, $"""
        - machine: {Field("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores, {Memory / (1024.0 * 1024):N0} GiB of memory, {RuntimeInformation.ProcessArchitecture}
        - system: {System()}, Linux {Environment.OSVersion.Version}
        - .NET SDK {Sdk()}, runtime {Environment.Version}; ParquetSharp {Version(typeof(ParquetSharp.ParquetFileWriter))}; DuckDB.NET {Version(typeof(DuckDBConnection))}

        """);

    /// <summary>Of the repository, whose global.json says which.</summary>
    private static string Sdk()
    {
        string answer = Path.GetTempFileName();
        try
        {
            _ = Measured.Run(["dotnet", "--version"], answer);
            return File.ReadAllText(answer).Trim();
        }
        finally
        {
            File.Delete(answer);
        }
    }

    private static double Memory => double.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string System() =>
        File.ReadLines("/etc/os-release").First(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))["PRETTY_NAME=".Length..].Trim('"');

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
}
