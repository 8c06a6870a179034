using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage;

/// <summary>What can happen to an object while a run works, in the same words for every store.</summary>
internal static class StoreError
{
    /// <summary>How the message of a lost commit ends when the run changed nothing before it.</summary>
    public const string NothingChanged = "Nothing was changed.";

    /// <summary>For <see cref="Lost"/>: the key was free, and now holds an object.</summary>
    public const string Exists = "an object is already there";

    /// <summary>For <see cref="Lost"/>: what the run was to replace is not the same object any more.</summary>
    public const string Replaced = "what this run was to replace has changed in the meantime";

    private const string StartAgain = "Start again when the source is idle.";

    private const string Deleted = "what this run was to replace is gone or can no longer be reached";

    /// <summary>A source object does not exist any more.</summary>
    public static ObjectChangedException Gone(string uri, Exception? cause = null) =>
        new($"{uri}: it is gone since it was listed. {StartAgain}", cause);

    /// <summary>A source object has another content than it had in the listing.</summary>
    public static ObjectChangedException Changed(string uri, Exception? cause = null) =>
        new($"{uri}: it has changed since it was listed. {StartAgain}", cause);

    /// <summary>Another run changed a key of the destination before this run completed its object.</summary>
    /// <param name="uri">The key.</param>
    /// <param name="found">What this run found there; no period at its end.</param>
    /// <param name="cause">The store's answer.</param>
    public static CommitLostException Lost(string uri, string found, Exception? cause = null) =>
        new($"{uri}: another run was faster: {found}. {NothingChanged}", cause);

    /// <summary>Requires that a key still holds what the plan saw there.</summary>
    /// <param name="uri">The key.</param>
    /// <param name="found">The ETag that it has now; null when nothing is there.</param>
    /// <param name="expected">The ETag that the plan saw; null for nothing.</param>
    /// <exception cref="CommitLostException">It holds something else.</exception>
    public static void RequireUnchanged(string uri, string? found, string? expected)
    {
        if (found != expected)
        {
            throw Lost(uri, found is null ? Deleted : expected is null ? Exists : Replaced);
        }
    }
}
