using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>What becomes of one request and its answer on the way between client and server.</summary>
internal sealed record Fault
{
    /// <summary>How often the server gets the request: 0, 1 or 2 times.</summary>
    public int Deliveries { get; private init; } = 1;

    /// <summary>The answer in place of the server's.</summary>
    public FakeAnswer? Answer { get; private init; }

    /// <summary>How many bytes of the answer's body pass before the connection is reset; -1: not even the head.</summary>
    public int? CutAt { get; private init; }

    /// <summary>Whether the connection stays open and silent, instead, where the answer is cut.</summary>
    public bool Stalls { get; private init; }

    /// <summary>Whether the answer comes in blocks of 1,000 bytes with a pause of a millisecond between two.</summary>
    public bool Drips { get; private init; }

    /// <summary>Another body in place of the answer's.</summary>
    public Func<byte[], byte[]>? Rewrite { get; private init; }

    /// <summary>What happens once the server has the request and before anything of the answer passes.</summary>
    public Action Then { get; init; } = () => { };

    /// <summary>The server never sees the request; the connection is reset.</summary>
    public static Fault Reset => new() { Deliveries = 0, CutAt = -1 };

    /// <summary>The server does what it is asked, but its answer does not arrive.</summary>
    public static Fault AnswerLost => new() { CutAt = -1 };

    /// <summary>The server never sees the request, and the connection stays open.</summary>
    public static Fault Silence => new() { Deliveries = 0, CutAt = -1, Stalls = true };

    /// <summary>A retry that overtook its first try: the server gets the request twice, and the second answer arrives.</summary>
    public static Fault Twice => new() { Deliveries = 2 };

    public static Fault SlowDrip => new() { Drips = true };

    public static Fault Busy => Refusal(503, "SlowDown");

    public static Fault InternalError => Refusal(500, "InternalError");

    /// <summary>What AWS answers when a completion fails after it has begun to answer.</summary>
    public static Fault ErrorWithStatus200 => Refusal(200, "InternalError");

    public static Fault ExpiredCredentials => Refusal(403, "ExpiredToken");

    /// <summary>The server's answer is not asked for.</summary>
    public static Fault Refusal(int status, string code) => Instead(FakeAnswer.Error(status, code));

    /// <summary>Likewise.</summary>
    public static Fault Instead(FakeAnswer answer) => new() { Deliveries = 0, Answer = answer };

    public static Fault Cut(int bytes) => new() { CutAt = bytes };

    public static Fault StallAt(int bytes) => new() { CutAt = bytes, Stalls = true };

    public static Fault Changed(Func<byte[], byte[]> rewrite) => new() { Rewrite = rewrite };
}
