using System.Runtime.Versioning;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

[UnsupportedOSPlatform("windows")]
public class BuildLayersOptionTests
{
    [Fact]
    public async Task Help_names_every_option()
    {
        var (exitCode, output) = await Run("--help");

        Assert.Equal(0, exitCode);
        Assert.All(
            [
                "--arch", "--engine", "--image", "--network", "--sdk", "--output", "--function", "--lambda-packages",
                "--publish", "--layer-name", "--bucket", "--region", "--endpoint-url",
            ],
            option => Assert.Contains($"\n  {option}", output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unknown option --arhc", "--arhc", "arm64")]
    [InlineData("--arch needs a value", "--arch")]
    [InlineData("--arch x64: x86_64, arm64 or all", "--arch", "x64")]
    [InlineData("--engine moby: docker, podman, finch or none", "--engine", "moby")]
    [InlineData("--lambda-packages mine: aws or stand-in", "--function", "--lambda-packages", "mine")]
    [InlineData("--publish publishes layers", "--function", "--publish")]
    [InlineData("--sdk /nowhere: there is no dotnet in it", "--sdk", "/nowhere")]
    public async Task A_wrong_option_is_refused_at_once_with_what_is_right(string message, params string[] options)
    {
        var (exitCode, output) = await Run(options);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"build-layers.sh: {message}", output, StringComparison.Ordinal);
        Assert.Equal(output.Length - 1, output.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_is_named_with_its_reason()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(
            directory["podman"], "#!/bin/sh\necho no daemon here >&2\nexit 3\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(directory["podman"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        string path = $"{directory.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        var (exitCode, output) = await Command.RunAsync(
            $"{Repository.Root}/build-layers.sh", ["--engine", "podman", "--output", directory["out"]],
            directory: directory.Path, environment: [("PATH", path)]);

        Assert.Equal((1, "build-layers.sh: --engine podman does not answer: no daemon here\n"), (exitCode, output));
        Assert.False(Directory.Exists(directory["out"]));
    }

    [Fact]
    public async Task The_images_context_is_what_the_zips_are_built_from()
    {
        string script = await File.ReadAllTextAsync(
            Repository.File("build-layers.sh"), TestContext.Current.CancellationToken);
        string[] ignore = await File.ReadAllLinesAsync(
            Repository.File(".dockerignore"), TestContext.Current.CancellationToken);

        string[] copied = script.Split("--exclude=obj -cf - ")[1].Split('|')[0]
            .Split([' ', '\n', '\\'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(copied, ignore.Where(line => line.StartsWith('!')).Select(line => line[1..]));
        Assert.Contains("*", ignore);
    }

    [Fact]
    public async Task The_scripts_are_clean_to_shellcheck()
    {
        Assert.SkipUnless(
            TestRun.RequiresAll || File.Exists("/usr/bin/shellcheck"), "There is no shellcheck on this machine.");

        string[] scripts =
        [
            "build-layers.sh", "deploy.sh", "Layers/packages.sh", "Layers/compose.sh", "Layers/check-layer", ".ci/run",
            "tests/run.sh", "tests/docker.sh", "tests/container.sh", "tests/image.sh", "tests/arm64.sh",
            "tests/soak.sh", "tests/Fuzzing/coverage.sh",
        ];
        var (exitCode, output) = await Command.RunAsync("shellcheck", scripts);

        Assert.Equal((0, ""), (exitCode, output));
    }

    private static Task<Command> Run(params string[] options) => Command.RunAsync("./build-layers.sh", options);
}
