using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// The derived columns hold what JsonDocument reads from user_identity, whatever userIdentity is and however often it
/// was read before. They play no part in rebuilding.
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class DerivedColumnTests : IDisposable
{
    private readonly RowReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void Any_identity_fills_the_columns_with_what_JsonDocument_reads() =>
        EventGen.Identity.Sample(AssertDerived, iter: TestRun.Iterations(5000), threads: 1);

    /// <summary>Identities come back in another order, among more than a reader remembers.</summary>
    [Fact]
    public void An_identity_that_was_read_before_fills_the_columns_with_the_same()
    {
        string[] identities = EventGen.Identity.Array[TestRun.Iterations(1500)]
            .Single(_ => true, seed: "0000000000003");
        var expected = identities.Select(DerivedOracle.Of).ToList();
        var random = new Random(5);

        for (int read = 0; read < 4 * identities.Length; read++)
        {
            int number = random.Next(identities.Length);
            Assert.Equal(expected[number], Derived(Line(identities[number])));
        }
    }

    [Fact]
    public void Texts_that_differ_in_one_byte_are_told_apart()
    {
        string[] identities =
        [
            .. from position in Enumerable.Range(0, 60)
               from letter in "abc"
               select $"{{\"arn\":\"{new string('x', position)}{letter}{new string('x', 59 - position)}\"}}",
        ];

        for (int round = 0; round < 2; round++)
        {
            Assert.All(identities, AssertDerived);
        }
    }

    [Fact]
    public void More_distinct_identities_than_are_remembered_are_read()
    {
        for (int round = 0; round < 2; round++)
        {
            for (int number = 0; number < 6_000; number++)
            {
                string text = $"{{\"type\":\"IAMUser\",\"principalId\":\"{number:D5}\"}}";

                var row = _reader.Read(Line(text));

                Assert.Equal(("IAMUser", $"{number:D5}"), (row["user_identity_type"], row["caller"]));
            }
        }
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(2_100)]
    [InlineData(3_000_000)]
    public void An_identity_of_any_length_is_read(int length)
    {
        string arn = new('x', length);

        for (int round = 0; round < 2; round++)
        {
            AssertDerived($"{{\"arn\":\"{arn}\",\"sessionContext\":{{\"sourceIdentity\":\"{arn}\\n\"}}}}");
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"arn\"")]
    [InlineData("7")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[{\"arn\":\"a\"}]")]
    [InlineData("""{"userIdentity":{"arn":"a"}}""")]
    [InlineData("""{"arn":7,"type":null,"userName":["a"],"principalId":{"arn":"a"},"accountId":123456789012}""")]
    [InlineData("""{"sessionContext":"a","onBehalfOf":["userId"]}""")]
    [InlineData("""{"sessionContext":{"sessionIssuer":"arn","attributes":[{"mfaAuthenticated":"true"}]}}""")]
    [InlineData("""{"sessionIssuer":{"arn":"a"},"attributes":{"mfaAuthenticated":true},"sourceIdentity":"a"}""")]
    [InlineData("""{"sessionContext":{"attributes":{"mfaAuthenticated":"yes"},"arn":"a","userName":"a"}}""")]
    [InlineData("""{"Arn":"a","ARN":"a","arn ":"a"," arn":"a","ar":"a","arns":"a","arn\u0000":"a"}""")]
    public void What_has_none_of_the_members_as_a_string_fills_no_column(string identity)
    {
        AssertDerived(identity);
        Assert.All(Derived(Line(identity)), cell => Assert.Null(cell.Value));
    }

    [Fact]
    public void An_event_without_userIdentity_fills_no_column_after_one_with_it()
    {
        Assert.Equal("ARN 1", _reader.Read(Line(IdentityWithEveryMember.Of(1)))["caller"]);

        Assert.All(Derived("{\"eventName\":\"a\"}"), cell => Assert.Null(cell.Value));
        Assert.All(Derived("{\"type\":\"Root\",\"arn\":\"a\"}"), cell => Assert.Null(cell.Value));
    }

    [Fact]
    public void Every_column_has_its_member()
    {
        var row = _reader.Read(Line(IdentityWithEveryMember.Of(3)));

        Assert.Equal(
            IdentityWithEveryMember.Cells(3).Select(cell => (cell.Key, (object?)cell.Value)),
            row.Skip(EventSchema.FirstDerived).Select(cell => (cell.Key, cell.Value)));
        Assert.Null(row["other_fields"]);
    }

    [Theory]
    [InlineData("""{"arn":"a","arn":"b"}""", "user_identity_arn", "b")]
    [InlineData("""{"arn":"a","\u0061rn":"b"}""", "user_identity_arn", "b")]
    [InlineData("""{"arn":"a","arn":7}""", "user_identity_arn", null)]
    [InlineData("""{"arn":"a","arn":null}""", "user_identity_arn", null)]
    [InlineData(
        """{"sessionContext":{"sessionIssuer":{"arn":"a"}},"sessionContext":{}}""", "session_issuer_arn", null)]
    [InlineData("""{"sessionContext":{"sessionIssuer":{"arn":"a"}},"sessionContext":1}""", "session_issuer_arn", null)]
    [InlineData(
        """{"sessionContext":{"sessionIssuer":{"arn":"a"},"sessionIssuer":{"userName":"b"}}}""", "session_issuer_arn",
        null)]
    [InlineData("""{"sessionContext":1,"sessionContext":{"sourceIdentity":"a"}}""", "session_source_identity", "a")]
    [InlineData("""{"onBehalfOf":{"userId":"a","userId":"b"}}""", "on_behalf_of_user_id", "b")]
    public void Of_a_repeated_member_the_last_counts_at_each_level(string identity, string column, string? value)
    {
        AssertDerived(identity);
        Assert.Equal(value, _reader.Read(Line(identity))[column]);
    }

    [Fact]
    public void Of_a_repeated_userIdentity_the_last_counts()
    {
        var second = _reader.Read("""{"userIdentity":{"arn":"a","type":"b"},"userIdentity":{"arn":"c"}}""");
        var none = _reader.Read("""{"userIdentity":{"arn":"a"},"userIdentity":null}""");

        Assert.Equal(("c", null, "c"), (second["user_identity_arn"], second["user_identity_type"], second["caller"]));
        Assert.Equal((null, null), (none["user_identity_arn"], none["caller"]));
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"\\u0061\\u00e9\\n\\uD83D\\uDE00\"", "aé\n😀")]
    [InlineData("\"a\\uD800b\"", "a\uFFFDb")]
    [InlineData("\"\\uDC00\\uD800\"", "\uFFFD\uFFFD")]
    [InlineData("\"größe\"", "größe")]
    public void A_text_is_unescaped_and_half_a_surrogate_pair_becomes_the_replacement_character(
        string json, string text)
    {
        // Twice, because the second time the reader knows the text.
        for (int round = 0; round < 2; round++)
        {
            var row = _reader.Read(Line($"{{\"userName\":{json}}}"));

            Assert.Equal(text, row["user_identity_user_name"]);
            Assert.Equal(text.Length == 0 ? null : text, row["caller"]);
            Assert.Equal($"{{\"userName\":{json}}}", row["user_identity"]);
            Assert.Null(row["other_fields"]);
        }
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"true\"", true)]
    [InlineData("\"FALSE\"", false)]
    [InlineData("\"tr\\u0075e\"", true)]
    [InlineData("\"\\u0066\\u0061\\u006c\\u0073\\u0065\"", false)]
    [InlineData("\"\\u0066\\u0061\\u006c\\u0073\\u0065 \"", null)]
    [InlineData("\" true\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("1", null)]
    [InlineData("null", null)]
    [InlineData("[true]", null)]
    public void MFA_is_a_boolean_or_a_string_that_names_one(string json, bool? flag)
    {
        string identity = $"{{\"sessionContext\":{{\"attributes\":{{\"mfaAuthenticated\":{json}}}}}}}";

        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(flag, _reader.Read(Line(identity))["session_mfa_authenticated"]);
        }
    }

    private static string Line(string identity) => $"{{\"eventID\":\"1\", \"userIdentity\": {identity}}}";

    private List<(string Key, object? Value)> Derived(string line) =>
        [.. _reader.Read(line).Skip(EventSchema.FirstDerived).Select(cell => (cell.Key, cell.Value))];

    /// <summary>Checks an event with this userIdentity, its derived columns included.</summary>
    private void AssertDerived(string identity)
    {
        byte[] line = Encoding.UTF8.GetBytes(Line(identity));

        RebuiltEvent.AssertEqual(line, _reader.Read(line));
    }
}
