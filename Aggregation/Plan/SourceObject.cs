using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>A source object with what a run knows about it.</summary>
/// <param name="Stored">The object as it was listed.</param>
/// <param name="Place">Its place in the order of the sources, from 0.</param>
/// <param name="Uri">Its name in messages and reports.</param>
/// <param name="Day">Its day, 1 to 31.</param>
internal sealed record SourceObject(StoredObject Stored, int Place, string Uri, int Day);
