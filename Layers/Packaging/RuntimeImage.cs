namespace CloudTrailAggregation.Layers;

/// <summary>
/// What Lambda's dotnet10 runtime (Amazon Linux 2023) offers to a native library, and Lambda's limits for sizes.
/// </summary>
public static class RuntimeImage
{
    /// <summary>The maximum size of a zip for PublishLayerVersion and UpdateFunctionCode, in bytes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).</summary>
    public const long MaxZipBytes = 50L << 20;

    /// <summary>The maximum size of a function with all its layers, unpacked, in bytes (same page).</summary>
    public const long MaxUnpackedBytes = 250L << 20;

    /// <summary>The newest symbol version of each library: glibc 2.34 and GCC 11 of Amazon Linux 2023.</summary>
    private static readonly Dictionary<string, Version> NewestSymbols = new(StringComparer.Ordinal)
    {
        ["GLIBC"] = new(2, 34),
        ["GLIBCXX"] = new(3, 4, 29),
        ["CXXABI"] = new(1, 3, 13),
        ["GCC"] = new(11, 0),
    };

    /// <summary>The libraries that .NET itself needs, which the image therefore contains.</summary>
    private static readonly HashSet<string> Libraries = new(StringComparer.Ordinal)
    {
        "ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1",
        "libm.so.6", "libpthread.so.0", "librt.so.1", "libstdc++.so.6",
    };

    /// <summary>Whether the image contains a library.</summary>
    public static bool HasLibrary(string name) => Libraries.Contains(name);

    /// <summary>
    /// Whether the image has a symbol version such as <c>GLIBCXX_3.4.19</c>. One outside these families counts as
    /// absent.
    /// </summary>
    public static bool HasSymbolVersion(string symbolVersion)
    {
        int underscore = symbolVersion.LastIndexOf('_');
        return underscore > 0
            && NewestSymbols.TryGetValue(symbolVersion[..underscore], out var newest)
            && Version.TryParse(symbolVersion[(underscore + 1)..], out var wanted)
            && wanted <= newest;
    }
}
