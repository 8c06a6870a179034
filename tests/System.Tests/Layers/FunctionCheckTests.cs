using CloudTrailAggregation.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

public class FunctionCheckTests
{
    [Fact]
    public void A_thin_function_gives_no_reason()
    {
        using var sample = new SampleLayer();

        Assert.Empty(FunctionCheck.Run(sample.Function, standInAllowed: false));
    }

    [Fact]
    public void The_stand_in_is_refused_unless_it_is_asked_for_by_name()
    {
        using var sample = new SampleLayer();

        File.WriteAllText(Path.Combine(sample.Function, "LambdaStandIn.dll"), "");

        Assert.Contains(
            "--lambda-packages stand-in", Assert.Single(FunctionCheck.Run(sample.Function, standInAllowed: false)),
            StringComparison.Ordinal);
        Assert.Empty(FunctionCheck.Run(sample.Function, standInAllowed: true));
    }

    [Theory, InlineData("ParquetSharp.dll"), InlineData("Apache.Arrow.dll"), InlineData(
        "runtimes/linux-x64/native/ParquetSharpNative.so")]
    public void A_file_of_the_layer_is_refused(string file)
    {
        using var sample = new SampleLayer();

        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(sample.Function, file))!);
        File.WriteAllText(Path.Combine(sample.Function, file), "");

        Assert.StartsWith(
            $"{file} belongs to the layer", Assert.Single(FunctionCheck.Run(sample.Function, standInAllowed: false)),
            StringComparison.Ordinal);
    }

    [Theory, InlineData("F.runtimeconfig.json", "additionalProbingPaths"), InlineData(
        "F.deps.json", "names no package of the layer")]
    public void A_function_that_would_not_look_for_the_layer_is_refused(string file, string reason)
    {
        using var sample = new SampleLayer();

        File.Delete(Path.Combine(sample.Function, file));

        Assert.Contains(
            reason, Assert.Single(FunctionCheck.Run(sample.Function, standInAllowed: false)), StringComparison.Ordinal);
    }
}
