namespace CloudTrailAggregation.SampleData;

/// <summary>Writes the event of a number. One thread at a time.</summary>
internal sealed class EventWriter(SampleArguments arguments, EventClock clock, Organization organization, EventKind[] kinds)
{
    // A run of neighbours: CloudTrail delivers files by account and region, so one caller's calls stand together
    // (in real months the next event has the same members in 6 of 10 cases, the same caller in 8 of 10).
    private const int BurstLength = 12;
    private const int BurstPercent = 70;
    private const int OneInOdd = 1500;

    private static readonly byte[] UsEast1 = "us-east-1"u8.ToArray();

    private readonly EventContext _context = new();
    private readonly EventKind[] _byWeight = [.. kinds.SelectMany(kind => Enumerable.Repeat(kind, kind.Described.Weight))];
    private readonly Template[] _odd = [.. OddMembers.All.Select(text => new Template(text, organization))];

    /// <summary>Appends the event, without line feed.</summary>
    /// <param name="number">Which event: what it is about, and its ids. Numbers from the month's count on are spare ones.</param>
    /// <param name="position">Its place in the order of delivery, 0 to the month's count - 1.</param>
    /// <param name="line">Where to.</param>
    public void Write(long number, long position, LineBuffer line)
    {
        _context.Hash = Dice.Hash((ulong)arguments.Seed, (ulong)number);
        _context.Dice = new Dice(_context.Hash);
        ref var dice = ref _context.Dice;
        var burst = new Dice(Dice.Hash(~(ulong)arguments.Seed, (ulong)(number / BurstLength)));
        var burstKind = burst.Next();
        var isInBurst = dice.Below(100) < BurstPercent;

        var kind = KindInTurn(number) ?? _byWeight[(isInBurst && dice.Below(3) > 0 ? burstKind : dice.Next()) % (ulong)_byWeight.Length];
        var actor = kind.Actors[isInBurst ? burst.Skewed(kind.Actors.Length) : dice.Skewed(kind.Actors.Length)];
        _context.Kind = kind;
        _context.Actor = actor;
        _context.Time = clock.TimeOf(position, ref dice);
        _context.Region = kind.Described.IsGlobal ? UsEast1 : dice.Below(15) == 0 ? dice.Pick<byte[]>(organization.Pool("regionName")) : actor.HomeRegion;
        _context.Odd = dice.Below(OneInOdd) == 0 ? dice.Pick<Template>(_odd) : null;
        (dice.Below(100) < kind.Described.FailurePercent ? kind.Failure : kind.Success).Write(line, _context);
    }

    /// <summary>Each kind once at least in any month that has room for it, so that a small sample shows the rare ones.</summary>
    private EventKind? KindInTurn(long number)
    {
        if (number >= arguments.Events || arguments.Events < 4 * kinds.Length)
        {
            return null;
        }

        var turn = number * kinds.Length / arguments.Events;
        return number == ((2 * turn) + 1) * arguments.Events / (2 * kinds.Length) ? kinds[turn] : null;
    }
}
