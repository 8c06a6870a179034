using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// JSON is scanned 32 bytes at a time, or 16 on arm64 and older x86 processors. tests/run.sh runs the tests of this
/// trait once more without AVX2, so that both are tested on one machine.
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class VectorWidthTests
{
    [Fact]
    public void Without_AVX2_json_is_scanned_16_bytes_at_a_time()
    {
        bool allowsAvx2 = Environment.GetEnvironmentVariable("DOTNET_EnableAVX2") != "0";

        Assert.Equal(allowsAvx2 && Avx2.IsSupported, Vector256.IsHardwareAccelerated);
        Assert.True(Vector128.IsHardwareAccelerated);
    }
}
