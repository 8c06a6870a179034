namespace CloudTrailAggregation.Plan;

/// <summary>
/// What a run selected, as the key-value metadata of its files keeps it, and as a later run compares it.
/// </summary>
internal static class SelectionMetadata
{
    private const string All = "all";

    /// <summary>The names, without the prefix of this tool's metadata, and the values.</summary>
    /// <param name="root">The source's root.</param>
    /// <param name="selection">What was selected; its layout is known.</param>
    /// <param name="deduplicate">Whether exact copies of a record are dropped.</param>
    public static IReadOnlyList<(string Name, string Value)> Of(
        string root, SourceSelection selection, bool deduplicate) =>
    [
        ("source", root),
        ("layout", selection.Layout == SourceLayout.Trail ? "trail" : "daily"),
        ("accounts", Text(selection.Accounts)),
        ("regions", Text(selection.Regions)),
        ("deduplicate", deduplicate ? "true" : "false"),
    ];

    private static string Text(IReadOnlyList<string> names) => names.Count == 0 ? All : string.Join(',', names);
}
