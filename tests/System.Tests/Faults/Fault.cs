using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>What happens to one request and its answer between client and server.</summary>
internal sealed record Fault
{
    /// <summary>How often the server gets the request: 0, 1 or 2 times.</summary>
    public int Deliveries { get; private init; } = 1;

    /// <summary>The answer in place of the server's.</summary>
    public FakeAnswer? Answer { get; private init; }

    /// <summary>
    /// The number of bytes of the answer's body sent before the connection is reset; -1 for not even the head.
    /// </summary>
    public int? CutAt { get; private init; }

    /// <summary>Whether the connection then stays open, but silent, instead.</summary>
    public bool Stalls { get; private init; }

    /// <summary>Whether the answer is sent in blocks of 1,000 bytes with pauses of a millisecond.</summary>
    public bool Drips { get; private init; }

    /// <summary>Another body in place of the answer's.</summary>
    public Func<byte[], byte[]>? Rewrite { get; private init; }

    /// <summary>Runs after the server got the request and before any of the answer is sent.</summary>
    public Action Then { get; init; } = () => { };

    /// <summary>The server never sees the request; the connection is reset.</summary>
    public static Fault Reset => new() { Deliveries = 0, CutAt = -1 };

    /// <summary>The server does what it is asked, but its answer does not arrive.</summary>
    public static Fault AnswerLost => new() { CutAt = -1 };

    /// <summary>The server never sees the request, and the connection stays open.</summary>
    public static Fault Silence => new() { Deliveries = 0, CutAt = -1, Stalls = true };

    /// <summary>
    /// A retry that overtakes the first try: the server gets the request twice, and the second answer arrives.
    /// </summary>
    public static Fault Twice => new() { Deliveries = 2 };

    public static Fault SlowDrip => new() { Drips = true };

    public static Fault Busy => Refusal(503, "SlowDown");

    public static Fault InternalError => Refusal(500, "InternalError");

    /// <summary>AWS's answer when a completion fails after the answer has started.</summary>
    public static Fault ErrorWithStatus200 => Refusal(200, "InternalError");

    public static Fault ExpiredCredentials => Refusal(403, "ExpiredToken");

    /// <summary>Answers in place of the server.</summary>
    public static Fault Refusal(int status, string code) => Instead(FakeAnswer.Error(status, code));

    /// <summary>Likewise.</summary>
    public static Fault Instead(FakeAnswer answer) => new() { Deliveries = 0, Answer = answer };

    public static Fault Cut(int bytes) => new() { CutAt = bytes };

    public static Fault StallAt(int bytes) => new() { CutAt = bytes, Stalls = true };

    public static Fault Changed(Func<byte[], byte[]> rewrite) => new() { Rewrite = rewrite };
}
