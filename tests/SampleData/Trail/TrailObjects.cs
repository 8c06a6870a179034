using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>The objects of one account, unpacked. Not thread-safe.</summary>
internal sealed class TrailObjects(TrailArguments arguments, int account)
{
    private const string SuffixLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int SuffixLength = 16;

    private readonly LineBuffer _line = new();
    private readonly string _id = IdOf(arguments, account);

    /// <summary>The account's number of 12 digits.</summary>
    public string Id => _id;

    /// <summary>Writes every object of the account that holds records.</summary>
    /// <param name="open">Opens the object of a key, which begins with AWSLogs/, to receive its text.</param>
    public TrailSummary WriteTo(Func<string, Stream> open)
    {
        string[] regions = Words.Regions[..arguments.Regions];
        ulong seed = Dice.Hash((ulong)arguments.Month.Seed ^ 0xACC0, (ulong)account);
        var writer = new TrailEventWriter(arguments.Month, new Organization(seed, _id, regions));
        var summary = TrailSummary.None;
        for (int region = 0; region < regions.Length; region++)
        {
            var names = new Dice(Dice.Hash(seed, (ulong)region));
            var plan = new DeliveryPlan(arguments.Month, FirstOf(region), FirstOf(region + 1));
            foreach (var delivery in plan.Deliveries())
            {
                using var text = open(KeyOf(delivery, regions[region], Suffix(ref names)));
                summary = summary.Plus(Write(delivery, regions[region], writer, text));
            }
        }

        return summary;
    }

    /// <summary>A second trail is one of the account alone, beside the organization's.</summary>
    private string KeyOf(in Delivery delivery, string region, string suffix)
    {
        string organization = arguments.Organization is { } id && !delivery.IsCopy ? $"{id}/" : "";
        return $"AWSLogs/{organization}{delivery.Key(_id, region, suffix)}";
    }

    private TrailSummary Write(in Delivery delivery, string region, TrailEventWriter writer, Stream text)
    {
        long bytes = 0, late = 0, notEvents = 0;
        bool isArray = delivery.Folder == TrailFolder.Aggregated;
        Put(isArray ? "["u8 : "{\"Records\":["u8);
        for (long number = delivery.First; number < delivery.First + delivery.Events; number++)
        {
            Put(number == delivery.First ? ""u8 : ","u8);
            _line.Clear();
            writer.Write(number, delivery, region, _line);
            Put(_line.Written);
            late += writer.IsLate(number) ? 1 : 0;
            for (long element = NotEventsAt(delivery, number); element > 0; element--, notEvents++)
            {
                Put(Encoding.ASCII.GetBytes($",\"Internal error {number}.{element}: try again later\""));
            }
        }

        Put(isArray ? "]"u8 : "]}"u8);
        var (events, duplicates) = delivery.IsCopy ? (0, delivery.Events) : (delivery.Events, 0);
        return new TrailSummary(events, duplicates, notEvents, delivery.IsCopy ? 0 : late, Objects: 1, bytes, 0, 0);

        void Put(ReadOnlySpan<byte> piece)
        {
            text.Write(piece);
            bytes += piece.Length;
        }
    }

    private long NotEventsAt(in Delivery delivery, long number) =>
        delivery.IsCopy ? 0 : Spread.At(number, arguments.Month.BadLines, arguments.Month.Events);

    /// <summary>
    /// The number of the first event of a region. The first accounts and regions have far more than the last.
    /// </summary>
    private long FirstOf(int region)
    {
        double start = ShareBefore(account, arguments.Accounts);
        double share = (ShareBefore(account + 1, arguments.Accounts) - start) * ShareBefore(region, arguments.Regions);
        return (long)Math.Round((start + share) * arguments.Month.Events);
    }

    private static double ShareBefore(int number, int count)
    {
        double rest = (double)(count - number) / count;
        return 1 - (rest * rest);
    }

    private static string Suffix(ref Dice dice)
    {
        var suffix = new StringBuilder(SuffixLength);
        for (int at = 0; at < SuffixLength; at++)
        {
            suffix.Append(SuffixLetters[dice.Below(SuffixLetters.Length)]);
        }

        return suffix.ToString();
    }

    private static string IdOf(TrailArguments arguments, int account)
    {
        var dice = new Dice(Dice.Hash((ulong)arguments.Month.Seed ^ 0x1D1D, (ulong)account));

        // The first digit is not 0, and the last ones make accounts differ whatever the dice say.
        return string.Create(
            CultureInfo.InvariantCulture, $"{1 + dice.Below(9)}{dice.Below(10_000_000):0000000}{account:0000}");
    }
}
