using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

public class LayerCheckTests
{
    [Theory, InlineData("x64"), InlineData("arm64")]
    public void A_sound_layer_gives_no_reason_as_directory_or_zip_alone_or_under_the_function(string architecture)
    {
        using var sample = new SampleLayer(architecture);

        ReproducibleZip.Write(sample.Layer, sample.Zip);

        Assert.Empty(LayerCheck.Run(sample.Layer, null));
        Assert.Empty(LayerCheck.Run(sample.Zip, null));
        Assert.Empty(LayerCheck.Run(sample.Zip, sample.Function));
    }

    [Theory, InlineData(SampleLayer.Managed), InlineData(SampleLayer.Arrow), InlineData(null)]
    public void A_missing_file_is_named(string? file)
    {
        using var sample = new SampleLayer();
        file ??= sample.Native;

        File.Delete(sample.InStore(file));

        var reasons = LayerCheck.Run(sample.Layer, null);
        Assert.Equal([$"{Path.GetFileName(file)} is missing", $"{file} of SHA256SUMS is missing"], reasons);
    }

    [Fact]
    public void Half_a_layer_is_refused_even_when_its_own_list_agrees()
    {
        using var sample = new SampleLayer();

        sample.Forget(sample.Native);

        Assert.Equal("ParquetSharpNative.so is missing", Assert.Single(LayerCheck.Run(sample.Layer, null)));
    }

    [Fact]
    public void A_layer_without_its_list_is_refused()
    {
        using var sample = new SampleLayer();

        File.Delete(sample.InStore("SHA256SUMS"));

        Assert.Equal(
            "dotnetcore/store/x64/net10.0/SHA256SUMS is missing", Assert.Single(LayerCheck.Run(sample.Layer, null)));
    }

    [Fact]
    public void A_changed_byte_is_found()
    {
        using var sample = new SampleLayer();
        byte[] library = File.ReadAllBytes(sample.InStore(SampleLayer.Arrow));

        library[^1] ^= 1;
        File.WriteAllBytes(sample.InStore(SampleLayer.Arrow), library);

        Assert.Equal(
            $"{SampleLayer.Arrow} is not the file of SHA256SUMS: its SHA-256 differs",
            Assert.Single(LayerCheck.Run(sample.Layer, null)));
    }

    [Fact]
    public void The_native_library_of_the_other_architecture_is_refused()
    {
        using var sample = new SampleLayer();

        sample.Replace(sample.Native, SampleLayer.NativeLibrary("arm64"));

        Assert.EndsWith(
            "ParquetSharpNative.so is built for arm64, the layer is for x64",
            Assert.Single(LayerCheck.Run(sample.Layer, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_compiled_for_the_other_architecture_is_refused()
    {
        using var sample = new SampleLayer();
        byte[] library = File.ReadAllBytes(sample.InStore(SampleLayer.Managed));
        int machine = BitConverter.ToInt32(library, 0x3c) + 4; // Behind "PE\0\0".

        BitConverter.TryWriteBytes(library.AsSpan(machine), (ushort)(0xaa64 ^ 0x7b79));
        sample.Replace(SampleLayer.Managed, library);

        Assert.EndsWith(
            "ParquetSharp.dll is compiled for machine d11d, linux-x64 is fd1d",
            Assert.Single(LayerCheck.Run(sample.Layer, null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GLIBC_2.17", "GLIBC_2.35")]
    [InlineData("GLIBCXX_3.4.19", "GLIBCXX_3.4.30")]
    [InlineData("CXXABI_1.3.5", "CXXABI_1.4.0")]
    [InlineData("GLIBC_2.17", "GLIBC_DTRE")]
    public void A_symbol_version_that_Amazon_Linux_2023_lacks_is_refused(string present, string newer)
    {
        using var sample = new SampleLayer();

        sample.Replace(sample.Native, Renamed(SampleLayer.NativeLibrary("x64"), present, newer));

        Assert.EndsWith(
            $"ParquetSharpNative.so needs {newer}, which Amazon Linux 2023 lacks",
            Assert.Single(LayerCheck.Run(sample.Layer, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_linked_library_that_the_runtime_image_lacks_is_refused()
    {
        using var sample = new SampleLayer();

        sample.Replace(sample.Native, Renamed(SampleLayer.NativeLibrary("x64"), "libdl.so.2", "libxy.so.2"));

        Assert.EndsWith(
            "ParquetSharpNative.so needs libxy.so.2, which the runtime image lacks",
            Assert.Single(LayerCheck.Run(sample.Layer, null)), StringComparison.Ordinal);
    }

    [Theory, InlineData(3), InlineData(40), InlineData(2_000), InlineData(100_000)]
    public void A_native_library_cut_short_is_refused(int length)
    {
        using var sample = new SampleLayer();

        sample.Replace(sample.Native, SampleLayer.NativeLibrary("x64")[..length]);

        Assert.Contains("ELF file", Assert.Single(LayerCheck.Run(sample.Layer, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_over_50_MB_is_refused()
    {
        using var sample = new SampleLayer();

        sample.Add("parquetsharp/25.0.1.2/incompressible", RandomNumberGenerator.GetBytes(50 << 20));
        ReproducibleZip.Write(sample.Layer, sample.Zip);

        Assert.EndsWith(
            "Lambda takes 52,428,800", Assert.Single(LayerCheck.Run(sample.Zip, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Function_and_layer_over_250_MB_unpacked_are_refused_together()
    {
        using var sample = new SampleLayer();

        File.WriteAllBytes(Path.Combine(sample.Function, "zeros"), new byte[230 << 20]);

        Assert.Empty(LayerCheck.Run(sample.Layer, null));
        string reason = Assert.Single(LayerCheck.Run(sample.Layer, sample.Function));
        Assert.StartsWith("unpacked, function and layer have ", reason, StringComparison.Ordinal);
        Assert.EndsWith("Lambda takes 262,144,000", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_than_the_functions_is_refused()
    {
        using var sample = new SampleLayer();

        Directory.Move(sample.InStore("parquetsharp/25.0.1.2"), sample.InStore("parquetsharp/25.0.1.1"));
        File.WriteAllText(
            sample.InStore("SHA256SUMS"),
            File.ReadAllText(sample.InStore("SHA256SUMS")).Replace("25.0.1.2", "25.0.1.1", StringComparison.Ordinal));

        Assert.Empty(LayerCheck.Run(sample.Layer, null));
        Assert.Equal(
            "the function wants ParquetSharp/25.0.1.2, the layer has 25.0.1.1",
            Assert.Single(LayerCheck.Run(sample.Layer, sample.Function)));
    }

    [Fact]
    public void A_file_that_the_function_looks_for_elsewhere_in_the_package_is_named()
    {
        using var sample = new SampleLayer();
        byte[] library = File.ReadAllBytes(sample.InStore(SampleLayer.Arrow));

        sample.Forget(SampleLayer.Arrow);
        sample.Add("apache.arrow/22.1.0/lib/net6.0/Apache.Arrow.dll", library);

        Assert.Equal(
            "Apache.Arrow/22.1.0: lib/net8.0/Apache.Arrow.dll, which the function's deps.json names, is missing",
            Assert.Single(LayerCheck.Run(sample.Layer, sample.Function)));
    }

    [Fact]
    public void The_layer_of_the_other_architecture_is_refused_for_the_function()
    {
        using var function = new SampleLayer("arm64");
        using var layer = new SampleLayer("x64");

        Assert.Equal(
            "the function is published for arm64, the layer is for x64",
            Assert.Single(LayerCheck.Run(layer.Layer, function.Function)));
    }

    [Fact]
    public void A_directory_that_is_no_layer_is_refused()
    {
        using var sample = new SampleLayer();

        Assert.StartsWith(
            "not a layer of one architecture", Assert.Single(LayerCheck.Run(sample.Function, null)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_native_library_needs_is_what_readelf_reads()
    {
        Assert.SkipUnless(
            TestRun.RequiresAll || File.Exists("/usr/bin/readelf"), "There is no readelf on this machine.");
        using var sample = new SampleLayer();
        var library = new SharedObject(SampleLayer.NativeLibrary("x64"));

        var (exitCode, output) = await Command.RunAsync(
            "readelf", ["-dVW", sample.InStore(sample.Native)], directory: sample.Layer);

        Assert.Equal(0, exitCode);
        string[] lines = output.Split('\n');
        Assert.Equal(
            lines.Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal))
                .Select(line => line.Split('[', ']')[1]),
            library.Libraries);
        Assert.Equal(
            lines.Where(line => line.Contains("  Name: ", StringComparison.Ordinal))
                .Select(line => line.Split("Name: ")[1].Split(' ')[0]),
            library.SymbolVersions);
    }

    private static byte[] Renamed(byte[] library, string from, string to)
    {
        Assert.Equal(from.Length, to.Length);
        var (name, replaced) = (Encoding.ASCII.GetBytes('\0' + from + '\0'), 0);
        for (int at; (at = library.AsSpan().IndexOf(name)) >= 0; replaced++)
        {
            Encoding.ASCII.GetBytes(to, library.AsSpan(at + 1));
        }

        Assert.True(replaced > 0, $"{from} is not in the library");
        return library;
    }
}
