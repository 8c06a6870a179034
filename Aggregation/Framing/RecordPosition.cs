using System.Globalization;

namespace CloudTrailAggregation.Framing;

/// <summary>Where a record is in its object.</summary>
/// <param name="Number">
/// Of a line its number from 1, blank lines included. Of an element of a container its number from 1 among the elements
/// of all containers of the object.
/// </param>
/// <param name="InContainer">Whether the record is an element of a container.</param>
internal readonly record struct RecordPosition(long Number, bool InContainer = false)
{
    /// <summary>The position's name in reject files: <c>line</c> or <c>record</c>.</summary>
    public string Name => InContainer ? "record" : "line";

    /// <summary>The position as messages give it: <c>line 7</c> or <c>record 7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Number}");
}
