using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage;

/// <summary>What can go wrong with an object in any store, in the same words.</summary>
internal static class StoreError
{
    /// <summary>How a lost commit ends where it was the first.</summary>
    public const string NothingChanged = "Nothing was changed.";

    public static AggregationException Gone(string uri, Exception? e = null) =>
        new($"{uri}: it is gone since it was listed. Start again when the source is at rest.", e);

    public static AggregationException Changed(string uri, Exception? e = null) =>
        new($"{uri}: it has changed since it was listed. Start again when the source is at rest.", e);

    public static CommitLostException Lost(string uri, string found, Exception? e = null) =>
        new($"{uri}: another run was faster: {found}. {NothingChanged}", e);
}
