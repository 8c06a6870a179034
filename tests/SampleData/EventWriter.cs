namespace CloudTrailAggregation.SampleData;

/// <summary>Writes events by number. Not thread-safe.</summary>
internal sealed class EventWriter(
    SampleArguments arguments, EventClock clock, Organization organization, EventKinds kinds)
{
    // CloudTrail delivers by account and region, so the calls of one caller are neighbors: in real months the next
    // event has the same caller in 8 of 10 cases, and the same members in 6.
    private const int BurstLength = 24;
    private const int BurstPercent = 92;
    private const int SameKindPercent = 45;
    private const int SameResourcesPercent = 60;
    private const int OneInOtherRegion = 15;
    private const int OneInOdd = 1500;

    private static readonly byte[] UsEast1 = "us-east-1"u8.ToArray();

    private readonly EventContext _context = new();

    /// <summary>Appends the event without a line feed.</summary>
    /// <param name="number">
    /// The event's number, which decides its content and ids. Numbers from the month's count on are spare.
    /// </param>
    /// <param name="position">Its position in the order of delivery, 0 to the month's count - 1.</param>
    /// <param name="line">Receives the event.</param>
    public void Write(long number, long position, LineBuffer line)
    {
        _context.Hash = Dice.Hash((ulong)arguments.Seed, (ulong)number);
        _context.Dice = new Dice(_context.Hash);
        ref var dice = ref _context.Dice;
        var burst = new Dice(Dice.Hash(~(ulong)arguments.Seed, (ulong)(number / BurstLength)));
        bool isInBurst = dice.Below(100) < BurstPercent;

        var burstKind = kinds.Draw(ref burst);
        var kind = kinds.InTurn(number, arguments.Events)
            ?? (!isInBurst ? kinds.Draw(ref dice)
                : dice.Below(100) < SameKindPercent ? burstKind
                : kinds.DrawOf(burstKind.Described.Caller, ref dice));
        ulong burstHash = burst.Next();
        var actor = kind.Actors[isInBurst ? burst.Skewed(kind.Actors.Length) : dice.Skewed(kind.Actors.Length)];

        _context.PoolHash = isInBurst && dice.Below(100) < SameResourcesPercent ? burstHash : _context.Hash;
        _context.Kind = kind;
        _context.Actor = actor;
        _context.Time = clock.TimeOf(position, ref dice);
        _context.Region = kind.Described.IsGlobal ? UsEast1
            : dice.Below(OneInOtherRegion) == 0 ? dice.Pick<byte[]>(organization.Pool("regionName"))
            : actor.HomeRegion;
        _context.Odd = dice.Below(OneInOdd) == 0 ? dice.Pick<Template>(kinds.OddMembers) : null;
        (dice.Below(100) < kind.Described.FailurePercent ? kind.Failure : kind.Success).Write(line, _context);
    }
}
