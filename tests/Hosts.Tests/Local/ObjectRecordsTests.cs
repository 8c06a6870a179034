using System.Text;
using CloudTrailAggregation.Local.Check;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.CloudTrail;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// The check's own framing finds the records that JsonDocument finds, in any mixture of lines and containers.
/// </summary>
public sealed class ObjectRecordsTests
{
    private static readonly Gen<string> White = Gen.OneOf("", " ", "\n", "\r\n\t");

    private static readonly Gen<string> Container = Gen.Select(
        EventGen.Line.Select(line => line.Trim()).Array[0, 4],
        White,
        Gen.OneOf("", "1", "null,\"a\\\"]\"", "[{}]"),
        Gen.Bool,
        (events, white, odd, isObject) =>
        {
            string elements = string.Join($"{white},{white}", odd.Length == 0 ? events : [.. events, odd]);
            string array = $"[{white}{elements}{white}]";
            return isObject ? $"{{{white}\"Records\"{white}:{array}{white}}}" : array;
        });

    private static readonly Gen<string> Piece = Gen.Frequency(
        (3, EventGen.Line),
        (3, Container),
        (2, Gen.OneOf("\n", "\n\n", " \t\r\n", "\uFEFF", "{}", "no event", "{", "[", "]", "{\"Records\":", ",", "x[]")),
        (1, Gen.OneOf("{\"a\":1,\"Records\":[{}]}", "{\"Records\":[],\"a\":1}", "{\"eventID\":1}\n{\"Records\":[{}]")));

    [Fact]
    public void Random_texts_have_the_records_of_the_oracle_at_any_cut() =>
        Gen.Select(Piece.Array[1, 6], Gen.Int[0, 30], Gen.Int[1, 40]).Sample(
            (pieces, dropped, cut) =>
            {
                // Every third text is cut or lacks a byte.
                byte[] text = Encoding.UTF8.GetBytes(string.Concat(pieces));
                int place = text.Length * (dropped % 6) / 6;
                byte[] changed = dropped > 11 || text.Length < 2 ? text
                    : dropped < 6 ? text[..place]
                    : [.. text[..place], .. text[(place + 1)..]];

                AssertLikeTheOracle(changed, cut);
            },
            iter: TestRun.Iterations(2000),
            threads: 1);

    [Theory]
    [InlineData("{\"eventID\":1}{\"eventID\":2}\n{\"Records\":[{\"eventID\":3}]}{\"eventID\":4}\n\n[5]\n6")]
    [InlineData("\uFEFF[1]\uFEFF[2]\n\uFEFF{\"eventID\":3}\uFEFF{\"eventID\":4}")]
    [InlineData("{\n\"Records\"\n:\n[\n1\n]\n}\n2\n[3]4\n")]
    [InlineData("{\n\n\"eventID\":1}\n")]
    [InlineData("{\"eventID\":1} {\"Records\":[{}]}")]
    [InlineData("[{\"Records\":[ {}]}]")]
    [InlineData("x\n{ ")]
    [InlineData("{ ")]
    [InlineData("x\n{\"Rec")]
    public void Texts_at_the_borders_have_the_records_of_the_oracle(string text)
    {
        foreach (int cut in (int[])[1, 2, 5, int.MaxValue])
        {
            AssertLikeTheOracle(Encoding.UTF8.GetBytes(text), cut);
        }
    }

    private static void AssertLikeTheOracle(byte[] text, int cut)
    {
        var expected = RecordOracle.Split(text);
        var found = new Collected();
        bool isDamaged = false;
        try
        {
            var file = new SourceText(new ChosenReads(text, cut), "object");
            new ObjectRecords(file, "object", found).ReadAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (DamagedObjectException)
        {
            isDamaged = true;
        }

        Assert.True(isDamaged == expected is null, $"damaged: {isDamaged}: {Encoding.UTF8.GetString(text)}");
        if (expected is not null)
        {
            var printed = expected.Select(record => Printed(record.Number, record.InContainer, record.Text));
            Assert.Equal(printed, found.Records);
        }
    }

    private static string Printed(long number, bool inContainer, byte[] text) =>
        $"{new SourcePosition(number, inContainer)}: {Encoding.Latin1.GetString(text)}";

    private sealed class Collected : IRecordReceiver
    {
        private readonly EventMembers _object = new();
        private readonly List<byte> _reject = [];

        public List<string> Records { get; } = [];

        public bool InReject { get; private set; }

        public bool IsFull => Records.Count % 3 == 0;

        public bool HoldsRecords => _object.HoldsRecords;

        public bool TryRead(ReadOnlySpan<byte> text, out int length) => _object.TryRead(text, out length);

        public void AddObject(ReadOnlySpan<byte> text, SourcePosition position) =>
            Records.Add(Printed(position.Number, position.InContainer, text.ToArray()));

        public void AddReject(ReadOnlySpan<byte> text, SourcePosition position, bool isLast)
        {
            _reject.AddRange(text);
            InReject = !isLast;
            if (isLast)
            {
                Records.Add(Printed(position.Number, position.InContainer, [.. _reject]));
                _reject.Clear();
            }
        }

        public Task EndBatchAsync(CancellationToken cancellation) => Task.CompletedTask;
    }
}
