using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

public class CfnLintTests
{
    private const string Install = "pip install cfn-lint==1.51.0";

    [Theory]
    [InlineData("us-east-1")]
    [InlineData("eu-west-1")]
    [InlineData("ap-northeast-1")]
    [InlineData("us-gov-west-1")]
    [InlineData("cn-north-1")]
    public async Task The_template_has_neither_errors_nor_warnings_nor_hints_in(string region)
    {
        await Command.NeedsAsync(Install, "cfn-lint", "--version");

        var (exitCode, output, error) = await Command.RunAsync(
            "cfn-lint", ["--regions", region, "--include-checks", "I", "--template", Template.Path]);

        Assert.True(exitCode == 0, output + error);
    }

    [Fact]
    public async Task A_wrong_property_is_found()
    {
        await Command.NeedsAsync(Install, "cfn-lint", "--version");
        string wrong = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            wrong,
            (await File.ReadAllTextAsync(Template.Path, TestContext.Current.CancellationToken))
                .Replace("MemorySize:", "MemorySiz:", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await Command.RunAsync("cfn-lint", ["--regions", "us-east-1", "--template", wrong]);
        File.Delete(wrong);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("MemorySiz", output, StringComparison.Ordinal);
    }
}
