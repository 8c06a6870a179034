using System.Globalization;
using System.Text;
using CloudTrailAggregation.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

[Trait("Category", TestRun.Vectors)]
public class EventTimeTests
{
    [Theory]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z", true)]
    [InlineData("2024-02-29T23:59:59.120Z", "2024-02-29T23:59:59.120Z", true)]
    [InlineData("2024-02-29T23:59:59.001Z", "2024-02-29T23:59:59.001Z", true)]
    [InlineData("2024-02-29T23:59:59.000Z", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59.1Z", "2024-02-29T23:59:59.100Z", false)]
    [InlineData("2024-02-29T23:59:59.12Z", "2024-02-29T23:59:59.120Z", false)]
    [InlineData("2024-02-29T23:59:59.9999999Z", "2024-02-29T23:59:59.999Z", false)]
    [InlineData("2024-02-29T23:59:59.12345678901234567890123456789Z", "2024-02-29T23:59:59.123Z", false)]
    [InlineData("2024-02-29T23:59:59,5Z", "2024-02-29T23:59:59.500Z", false)]
    [InlineData("2024-02-29 23:59:59", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29 23:59:59.000", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59z", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59+00:00", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59+05:45", "2024-02-29T18:14:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59-0130", "2024-03-01T01:29:59.000Z", false)]
    [InlineData("2024-02-29T23:59:59.5+01", "2024-02-29T22:59:59.500Z", false)]
    [InlineData("2024-02-29T23:59Z", "2024-02-29T23:59:00.000Z", false)]
    [InlineData("2024-02-29T23:59", "2024-02-29T23:59:00.000Z", false)]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", true)]
    [InlineData("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z", false)]
    [InlineData("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z", true)]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", true)]
    [InlineData("0001-01-01T00:30:00+00:30", "0001-01-01T00:00:00.000Z", false)]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", true)]
    [InlineData("9999-12-31T23:59:59.9999-00:00", "9999-12-31T23:59:59.999Z", false)]
    [InlineData("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z", true)]
    public void A_time_is_read(string text, string utc, bool exact)
    {
        Assert.True(EventTime.TryRead(Encoding.UTF8.GetBytes(text), out long milliseconds, out bool isExact));
        Assert.Equal(utc, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        Assert.Equal(exact, isExact);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024")]
    [InlineData("2024-02-29")]
    [InlineData("2024-02-29T23")]
    [InlineData("2024-02-29T23:5")]
    [InlineData("2024-02-29T23:59:")]
    [InlineData("2024-02-29T23:59:5")]
    [InlineData("2024-02-29T23:59:5Z")]
    [InlineData("2024-02-29T24:00:00Z")]
    [InlineData("2024-02-29T23:60:00Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("1900-02-29T00:00:00Z")]
    [InlineData("2024-04-31T00:00:00Z")]
    [InlineData("2024-00-01T00:00:00Z")]
    [InlineData("2024-13-01T00:00:00Z")]
    [InlineData("2024-01-00T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59.999-00:01")]
    [InlineData("10000-01-01T00:00:00Z")]
    [InlineData("+2024-01-01T00:00:00Z")]
    [InlineData("-2024-01-01T00:00:00Z")]
    [InlineData("2024-02-29t23:59:59Z")]
    [InlineData("2024-02-29_23:59:59Z")]
    [InlineData("2024-02-29T23:59:59 Z")]
    [InlineData(" 2024-02-29T23:59:59Z")]
    [InlineData("2024-02-29T23:59:59Z ")]
    [InlineData("2024-02-29T23:59:59ZZ")]
    [InlineData("2024-02-29T23:59:59.Z")]
    [InlineData("2024-02-29T23:59:59.")]
    [InlineData("2024-02-29T23:59:59.1.2Z")]
    [InlineData("2024-02-29T23:59.5Z")]
    [InlineData("2024-02-29T23:59:59+")]
    [InlineData("2024-02-29T23:59:59+1")]
    [InlineData("2024-02-29T23:59:59+1:00")]
    [InlineData("2024-02-29T23:59:59+24:00")]
    [InlineData("2024-02-29T23:59:59+01:60")]
    [InlineData("2024-02-29T23:59:59+01-00")]
    [InlineData("2024-02-29T23:59:59+01:00Z")]
    [InlineData("2024-02-29T23:59:59 UTC")]
    [InlineData("2024-02-29T23-59-59Z")]
    [InlineData("2024/02/29T23:59:59Z")]
    [InlineData("20240229T235959Z")]
    [InlineData("2024-W09-4T23:59:59Z")]
    [InlineData("２０２４-02-29T23:59:59Z")]
    [InlineData("1709251199000")]
    public void What_is_no_time_is_not_read(string text) =>
        Assert.False(EventTime.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void Every_time_in_every_form_is_read_as_DateTimeOffset_reads_it()
    {
        string[] forms =
        [
            "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.f'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            "yyyy-MM-dd HH:mm:ss.ffffff", "yyyy-MM-dd'T'HH:mm:ss.fffffff", "yyyy-MM-dd'T'HH:mm:sszzz",
            "yyyy-MM-dd HH:mm:ss.fffffffzzz", "yyyy-MM-dd'T'HH:mm:ss.fffzzz", "yyyy-MM-dd'T'HH:mm'Z'",
            "yyyy-MM-dd HH:mmzzz",
        ];

        Gen.Select(Gen.DateTimeOffset, Gen.OneOf(forms)).Sample(
            (time, form) =>
            {
                string text = time.ToString(form, CultureInfo.InvariantCulture);
                bool readable = DateTimeOffset.TryParseExact(
                    text, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expected);

                Assert.Equal(
                    readable, EventTime.TryRead(Encoding.UTF8.GetBytes(text), out long milliseconds, out bool exact));
                Assert.True(!readable || milliseconds == expected.ToUnixTimeMilliseconds(), text);
                Assert.True(!exact || text == Write(milliseconds), text);
            },
            iter: TestRun.Iterations(20_000),
            threads: 1);
    }

    [Fact]
    public void What_is_written_is_read_exactly()
    {
        long first = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
        long last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        var times = Gen.OneOf(
            Gen.Long[first, last],
            Gen.Long[first / 1000, last / 1000].Select(second => second * 1000),
            Gen.OneOf(first, last, 0, -1, 999, 1000));

        times.Sample(
            time =>
            {
                string text = Write(time);
                string form = time % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

                Assert.Equal(
                    DateTimeOffset.FromUnixTimeMilliseconds(time).ToString(form, CultureInfo.InvariantCulture), text);
                Assert.True(EventTime.TryRead(Encoding.ASCII.GetBytes(text), out long read, out bool exact));
                Assert.Equal((time, true), (read, exact));
            },
            iter: TestRun.Iterations(20_000),
            threads: 1);
    }

    [Fact]
    public void A_time_with_any_digit_changed_is_read_where_DateTimeOffset_does()
    {
        const string form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        var random = new Random(1);
        int read = 0, iterations = TestRun.Iterations(20_000);

        for (int iteration = 0; iteration < iterations; iteration++)
        {
            char[] text = "2024-02-29T23:59:59.123Z".ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = random.GetItems("0123456789".AsSpan(), 1)[0];
            }

            bool readable = DateTimeOffset.TryParseExact(
                text, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expected);
            if (readable)
            {
                Assert.True(
                    EventTime.TryRead(Encoding.ASCII.GetBytes(text), out long milliseconds, out _), new string(text));
                Assert.Equal(expected.ToUnixTimeMilliseconds(), milliseconds);
                read++;
            }
            else if (text[19] == '.' && text[23] == 'Z')
            {
                Assert.False(EventTime.TryRead(Encoding.ASCII.GetBytes(text), out _, out _), new string(text));
            }
        }

        Assert.InRange(read, iterations / 20, iterations - (iterations / 20));
    }

    private static string Write(long milliseconds)
    {
        Span<byte> text = stackalloc byte[24];
        return Encoding.ASCII.GetString(text[..EventTime.Write(milliseconds, text)]);
    }
}
