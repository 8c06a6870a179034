using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Local;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>What check and show read from user_identity.</summary>
public sealed class DerivedValuesTests
{
    private readonly DerivedValues _values = new();

    [Fact]
    public void They_are_what_JsonDocument_reads() => EventGen.Identity.Sample(
        identity => Assert.Equal(DerivedOracle.Of(identity), Values(identity)),
        iter: TestRun.Iterations(3000),
        threads: 1);

    [Theory]
    [InlineData(
        """{"type":"AssumedRole","arn":"arn:session","sessionContext":{"sessionIssuer":{"arn":"arn:role"}}}""",
        "arn:role")]
    [InlineData("""{"type":"AssumedRole","arn":"arn:session","sessionContext":{"sessionIssuer":{}}}""", "arn:session")]
    [InlineData("""{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}""", "ec2.amazonaws.com")]
    [InlineData("""{"type":"IAMUser","userName":"bob","principalId":"A"}""", "bob")]
    [InlineData("""{"type":"AWSAccount","principalId":"A","arn":""}""", "A")]
    [InlineData("""{"type":"Root","sessionContext":1}""", "Root")]
    [InlineData("""{"userName":"a\ud800"}""", "a\uFFFD")]
    [InlineData("""{"userName":7}""", null)]
    [InlineData("""["arn"]""", null)]
    [InlineData("""{"arn":"a" """, null)]
    [InlineData("""{"arn":"a",}""", null)]
    [InlineData("no JSON", null)]
    [InlineData("", null)]
    public void A_caller_is_the_role_of_a_session_or_the_best_name_there_is(string userIdentity, string? caller) =>
        Assert.Equal(caller, Values(userIdentity)[^1].Value);

    private List<(string Column, object? Value)> Values(string identity)
    {
        byte[] text = Encoding.UTF8.GetBytes(identity);
        _values.Read(text);
        return [.. EventSchema.DerivedColumns.Select(column => (column.Name, ValueOf(column, text)))];
    }

    private object? ValueOf(EventColumn column, byte[] text)
    {
        if (_values.In(EventSchema.PositionOf(column.Name)) is not { } range)
        {
            return null;
        }

        var value = text.AsSpan()[range];
        string word = value[0] == '"'
            ? Encoding.UTF8.GetString(JsonString.ToUtf8(value[1..^1], out _))
            : Encoding.UTF8.GetString(value);
        return column.Kind != ColumnKind.Boolean ? word
            : Ascii.EqualsIgnoreCase(word, "true") ? true
            : Ascii.EqualsIgnoreCase(word, "false") ? false
            : null;
    }
}
