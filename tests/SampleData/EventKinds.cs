using CloudTrailAggregation.SampleData.Kinds;

namespace CloudTrailAggregation.SampleData;

/// <summary>All kinds of event, each drawn as often as its weight says.</summary>
internal sealed class EventKinds
{
    private readonly EventKind[] _all;
    private readonly EventKind[] _byWeight;
    private readonly Dictionary<Caller, EventKind[]> _ofCaller;

    /// <summary>The kinds of event of a daily month.</summary>
    public static readonly Event[] Daily =
        [
            .. ObjectEvents.All, .. KeyAndSecretEvents.All, .. ComputeEvents.All, .. IdentityEvents.All,
            .. PlatformEvents.All,
        ];

    public EventKinds(Organization organization, int seed)
        : this(organization, seed, Daily)
    {
    }

    public EventKinds(Organization organization, int seed, Event[] events)
    {
        _all = [.. events.Select(e => new EventKind(e, organization))];
        new Dice((ulong)seed).Shuffle(_all);
        _byWeight = [.. _all.SelectMany(kind => Enumerable.Repeat(kind, kind.Described.Weight))];
        _ofCaller = _byWeight.GroupBy(kind => kind.Described.Caller)
            .ToDictionary(group => group.Key, group => group.ToArray());
        OddMembers = [.. SampleData.OddMembers.All.Select(text => new Template(text, organization))];
    }

    public Template[] OddMembers { get; }

    public EventKind Draw(ref Dice dice) => dice.Pick<EventKind>(_byWeight);

    public EventKind DrawOf(Caller caller, ref Dice dice) => dice.Pick<EventKind>(_ofCaller[caller]);

    /// <summary>
    /// Each kind occurs at least once in every month that is large enough, so that a small sample has the rare kinds.
    /// </summary>
    public EventKind? InTurn(long number, long events)
    {
        if (number >= events || events < 4 * _all.Length)
        {
            return null;
        }

        long turn = number * _all.Length / events;
        return number == ((2 * turn) + 1) * events / (2 * _all.Length) ? _all[turn] : null;
    }
}
