using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>
/// A source object is damaged: it cannot be unpacked, or nothing tells where its records end. Neither the network nor
/// the store is the cause, so reading the object again gives the same.
/// </summary>
/// <param name="place">The object's name in messages, and the position in it where that is known.</param>
/// <param name="what">What is wrong, as the continuation of "it"; no period at its end.</param>
/// <param name="cause">The failure of the unpacking.</param>
public sealed class DamagedObjectException(string place, string what, Exception? cause = null)
    : AggregationException(
        $"{place}: it {what}. Copy or gather that object again, then rerun the month; or leave damaged objects out "
        + "with DAMAGED_OBJECTS=skip (--damaged-objects skip).",
        cause);
