using System.Globalization;

namespace CloudTrailAggregation.SampleData;

/// <summary>A caller (a role, a user or a service) and everything that is the same in all of its calls.</summary>
internal sealed class Actor
{
    public required byte[] Account { get; init; }

    /// <summary>The caller's name in error messages.</summary>
    public required byte[] Arn { get; init; }

    public required Template Identity { get; init; }
    public required byte[][] Addresses { get; init; }
    public required byte[][] Agents { get; init; }

    /// <summary>The region of nearly all calls.</summary>
    public required byte[] HomeRegion { get; init; }

    /// <summary>The lifetime of its temporary credentials, 1 to 12 hours.</summary>
    public int SessionHours { get; init; } = 1;

    // Members that only some callers' events have; each starts with its comma.
    public Template? Shared { get; init; }
    public Template? Endpoint { get; init; }
    public Template? Tls { get; init; }
    public Template? Console { get; init; }

    /// <summary>Makes the credentials of each actor different.</summary>
    public required ulong Hash { get; init; }

    public byte[] Address(EventContext context) =>
        context.Kind.ViaName.Length == 0 ? Addresses[Session(context) % (ulong)Addresses.Length] : context.Kind.ViaName;

    public byte[] Agent(EventContext context) =>
        context.Kind.ViaName.Length == 0 ? Agents[Session(context) / 7 % (ulong)Agents.Length] : context.Kind.ViaName;

    public void WriteSessionKey(LineBuffer line, EventContext context)
    {
        var dice = new Dice(Session(context));
        line.Write("ASIA"u8);
        foreach (ref byte letter in line.Take(16))
        {
            letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8[dice.Below(32)];
        }
    }

    public void WriteSessionStart(LineBuffer line, EventContext context)
    {
        var lifetime = TimeSpan.FromHours(SessionHours);
        var usable = new DateTime(context.Time.Ticks / lifetime.Ticks * lifetime.Ticks);
        var start = usable - (lifetime * new Dice(Session(context)).Unit() / 4);
        Span<byte> text = stackalloc byte[20];
        start.TryFormat(text, out _, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        line.Write(text);
    }

    private ulong Session(EventContext context) =>
        Dice.Hash(Hash, (ulong)(context.Time.Ticks / TimeSpan.FromHours(SessionHours).Ticks));
}
