using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Ground;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>
/// Loads ParquetSharp and its native library: in the function from a layer, on a terminal from the program's folder.
/// </summary>
public static class ParquetLibrary
{
    /// <summary>
    /// Loads the library at start. Without this call a program without the library starts, and fails later with a
    /// message that lists every path tried and no reason.
    /// </summary>
    /// <param name="remedy">What to do if the library cannot be loaded, as a sentence.</param>
    /// <exception cref="AggregationException">
    /// The library cannot be loaded; the message names the system and contains <paramref name="remedy"/>.
    /// </exception>
    public static void Load(string remedy)
    {
        try
        {
            TouchArrow();
            Touch();
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or TypeLoadException
            or DllNotFoundException or TypeInitializationException or MissingMethodException)
        {
            throw new AggregationException(
                $"ParquetSharp cannot be loaded for {RuntimeInformation.RuntimeIdentifier}: "
                + $"{Cause(error.GetBaseException())} {remedy}",
                error);
        }
    }

    /// <summary>The message without the paths tried and without the advice on how to debug a loader.</summary>
    private static string Cause(Exception error) =>
        error.Message.Split('\n')[0].Split(" In order to help diagnose loading problems", 2)[0];

    /// <summary>The runtime loads the assembly when it needs the type.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TouchArrow() =>
        RuntimeHelpers.RunClassConstructor(typeof(Apache.Arrow.Schema).TypeHandle);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Touch()
    {
        using var properties = new WriterPropertiesBuilder();
    }
}
