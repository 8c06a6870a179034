using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

public class SettingTests
{
    private static JsonObject Variables(JsonNode function) =>
        (JsonObject)function["Properties"]!["Environment"]!["Variables"]!;

    [Fact]
    public void Every_setting_is_an_environment_variable_and_every_variable_a_setting()
    {
        var variables = Variables(Template.Load()["Resources"]!["LambdaFunction"]!).Select(v => v.Key);

        Assert.Equal(Declared.Settings.Order(StringComparer.Ordinal), variables.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_variable_comes_from_the_parameter_of_its_name()
    {
        var template = Template.Load();

        Assert.All(Variables(template["Resources"]!["LambdaFunction"]!), v =>
        {
            string parameter = string.Concat(v.Key.Split('_').Select(word => word[..1] + word[1..].ToLowerInvariant()));

            Assert.Equal(parameter, (string?)v.Value!["Ref"]);
            Assert.NotNull(template["Parameters"]![parameter]);
        });
    }

    [Fact]
    public void A_parameters_value_arrives_in_its_variable()
    {
        var function = Template.Render(
            ("RowsPerFile", "250000"), ("Compression", "snappy"), ("DstPrefix", "")).Resources["LambdaFunction"]!;

        Assert.Equal("250000", (string?)Variables(function)["ROWS_PER_FILE"]);
        Assert.Equal("snappy", (string?)Variables(function)["COMPRESSION"]);
        Assert.Equal("", (string?)Variables(function)["DST_PREFIX"]);
    }
}
