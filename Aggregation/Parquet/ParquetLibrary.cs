using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Ground;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>ParquetSharp and its native library: in the function from a layer, at a terminal beside the program.</summary>
public static class ParquetLibrary
{
    /// <summary>
    /// Loads it. Without this call a program that lacks it starts, and fails in its middle with a message that lists each
    /// path that was tried and does not say why.
    /// </summary>
    /// <param name="remedy">What to do where it cannot be loaded, a sentence.</param>
    /// <exception cref="AggregationException">It cannot be loaded; the message says for which system, and what to do.</exception>
    public static void Load(string remedy)
    {
        try
        {
            _ = Assembly.Load("Apache.Arrow");
            Touch();
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or TypeLoadException
            or DllNotFoundException or TypeInitializationException or MissingMethodException)
        {
            throw new AggregationException(
                $"ParquetSharp cannot be loaded for {RuntimeInformation.RuntimeIdentifier}: {Cause(error.GetBaseException())} {remedy}",
                error);
        }
    }

    /// <summary>Without the paths that were tried and the advice on how to debug a loader.</summary>
    private static string Cause(Exception error) =>
        error.Message.Split('\n')[0].Split(" In order to help diagnose loading problems", 2)[0];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Touch()
    {
        using var properties = new WriterPropertiesBuilder();
    }
}
