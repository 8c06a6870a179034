using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>The machine and the versions, which every figure needs.</summary>
internal static class Machine
{
    public static string Description => string.Create(CultureInfo.InvariantCulture, $"""
        - machine: {Field("/proc/cpuinfo", "model name")}, {Cores()}, {RuntimeInformation.ProcessArchitecture}
        - system: {System()}, Linux {Environment.OSVersion.Version}
        - .NET SDK {Sdk()}, runtime {Environment.Version}; {Libraries()}

        """);

    private static string Cores() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {Memory / (1024.0 * 1024):N0} GiB of memory");

    private static string Libraries() =>
        $"ParquetSharp {Version(typeof(ParquetSharp.ParquetFileWriter))}; "
        + $"DuckDB.NET {Version(typeof(DuckDBConnection))}";

    /// <summary>The version of the SDK that the repository's global.json chooses.</summary>
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

    private static double Memory =>
        double.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string System() =>
        Field("/etc/os-release", "PRETTY_NAME", '=').Trim('"');

    private static string Field(string file, string name, char separator = ':') =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            ?.Split(separator, 2)[1].Trim() ?? "unknown";
}
