using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Run;

/// <summary>Counts what source and destination were asked since this object was made.</summary>
internal sealed class RequestMeter(IObjectStore source, IObjectStore destination)
{
    private readonly long _retriesBefore = RetriesOf(source, destination);
    private readonly RequestCounts? _before = RequestsOf(source, destination);

    /// <summary>The requests that were sent again.</summary>
    public long Retries => RetriesOf(source, destination) - _retriesBefore;

    /// <summary>The requests to S3; null where both stores are directories.</summary>
    public RequestCounts? Requests => _before is null ? null : RequestsOf(source, destination)!.Since(_before);

    private static long RetriesOf(IObjectStore source, IObjectStore destination) =>
        source.Retries + (ReferenceEquals(source, destination) ? 0 : destination.Retries);

    private static RequestCounts? RequestsOf(IObjectStore source, IObjectStore destination)
    {
        var further = ReferenceEquals(source, destination) ? null : destination.Requests;
        return source.Requests is { } requests ? requests.Plus(further ?? RequestCounts.None) : further;
    }
}
