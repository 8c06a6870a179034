using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>ParquetSharp and its native library, which the function finds in a layer.</summary>
public static class ParquetLayer
{
    /// <summary>
    /// Loads it. Without this call a function that lacks its layer starts, and fails at each event with a message
    /// that does not say why.
    /// </summary>
    /// <exception cref="AggregationException">It cannot be loaded; the message names the layer.</exception>
    public static void Load()
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
                $"ParquetSharp cannot be loaded for {RuntimeInformation.ProcessArchitecture}: {error.GetBaseException().Message.Split('\n')[0]} "
                + "Attach the layer that build-layers.sh built for this architecture and this version of the function (ParquetSharpLayerArn in the template).",
                error);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Touch()
    {
        using var properties = new WriterPropertiesBuilder();
    }
}
