using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>A source object that is being read.</summary>
/// <param name="Stored">The object as it was listed.</param>
/// <param name="Place">Its place in the order of the sources, from 0.</param>
/// <param name="Uri">The object as messages name it.</param>
/// <param name="Day">Its day, 1 to 31.</param>
internal sealed record SourceObject(StoredObject Stored, int Place, string Uri, int Day);
