using System.Text;
using CloudTrailAggregation.SampleData.Kinds;

namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>Writes the events of one account by number. Not thread-safe.</summary>
internal sealed class TrailEventWriter
{
    // As in EventWriter: the calls of one caller are neighbors.
    private const int BurstLength = 24;
    private const int SameKindPercent = 45;
    private const int SameResourcesPercent = 60;
    private const int OneInOdd = 1500;

    private const string GlobalRegion = "us-east-1";

    private readonly SampleArguments _arguments;
    private readonly EventClock _clock;
    private readonly EventKinds _global;
    private readonly EventKinds _regional;
    private readonly EventKinds[] _ofFolder;
    private readonly EventContext _context = new();

    public TrailEventWriter(SampleArguments arguments, Organization account)
    {
        Event[] calls = [.. EventKinds.Daily.Where(kind => kind.Line is null)];
        Event[] insights = [.. EventKinds.Daily.Where(kind => kind.Name == "Insight")];
        _arguments = arguments;
        _clock = new EventClock(arguments);
        _global = Kinds(calls);
        _regional = Kinds([.. calls.Where(kind => !kind.IsGlobal)]);
        _ofFolder = [_regional, Kinds(insights), Kinds(TrailEvents.NetworkActivity), Kinds(TrailEvents.Aggregated)];

        EventKinds Kinds(Event[] events) => new(account, arguments.Seed, events);
    }

    /// <summary>Whether an event's time lies in another month.</summary>
    public bool IsLate(long number) => Spread.At(number, _arguments.Late, _arguments.Events) > 0;

    /// <summary>Appends an event.</summary>
    /// <param name="number">The event's number, which decides its content and ids.</param>
    /// <param name="delivery">The object that it is delivered in.</param>
    /// <param name="region">The object's region.</param>
    /// <param name="line">Receives the event.</param>
    public void Write(long number, in Delivery delivery, string region, LineBuffer line)
    {
        _context.Hash = Dice.Hash((ulong)_arguments.Seed, (ulong)number);
        _context.Dice = new Dice(_context.Hash);
        ref var dice = ref _context.Dice;
        var burst = new Dice(Dice.Hash(~(ulong)_arguments.Seed, (ulong)(number / BurstLength)));

        var kinds =
            delivery.Folder == TrailFolder.Events && region == GlobalRegion ? _global : _ofFolder[(int)delivery.Folder];
        var burstKind = kinds.Draw(ref burst);
        var kind = dice.Below(100) < SameKindPercent ? burstKind : kinds.DrawOf(burstKind.Described.Caller, ref dice);
        ulong burstHash = burst.Next();

        _context.PoolHash = dice.Below(100) < SameResourcesPercent ? burstHash : _context.Hash;
        _context.Kind = kind;
        _context.Actor = kind.Actors[burst.Skewed(kind.Actors.Length)];
        _context.Region = Encoding.ASCII.GetBytes(region);
        _context.Time = IsLate(number)
            ? _clock.OutsideMonth(Spread.Before(number, _arguments.Late, _arguments.Events), ref dice)
            : _clock.Before(delivery.FirstTime, ref dice);
        _context.Odd = dice.Below(OneInOdd) == 0 ? dice.Pick<Template>(kinds.OddMembers) : null;
        (dice.Below(100) < kind.Described.FailurePercent ? kind.Failure : kind.Success).Write(line, _context);
    }
}
