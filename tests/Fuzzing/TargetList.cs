using CloudTrailAggregation.Fuzzing.Targets;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>The targets by name; disposed together.</summary>
internal sealed class TargetList(IEnumerable<string> names) : IDisposable
{
    /// <summary>The names of the targets; the last target is the slow one.</summary>
    public static readonly string[] Names = ["event", "frame", "container", "gzip", "month"];

    public IReadOnlyList<ITarget> All { get; } = [.. names.Select(Make)];

    public static ITarget Make(string name) => name switch
    {
        "event" => new EventTarget(),
        "frame" => new FrameTarget(),
        "container" => new ContainerTarget(),
        "gzip" => new GzipTarget(),
        _ => new MonthTarget(),
    };

    public void Dispose()
    {
        foreach (var target in All.OfType<IDisposable>())
        {
            target.Dispose();
        }
    }
}
