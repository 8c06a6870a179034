namespace CloudTrailAggregation.SampleData;

/// <summary>An <see cref="Event"/> prepared for an organization.</summary>
internal sealed class EventKind(Event described, Organization organization)
{
    public Event Described { get; } = described;
    public Actor[] Actors { get; } = organization.ActorsOf(described.Caller);
    public Template Success { get; } = new(described.Success, organization);
    public Template Failure { get; } = new(described.Failure, organization);
    public byte[] ViaName { get; } = organization.Encode(described.Via);
    public Template? ViaMember { get; } =
        described.Via.Length == 0 ? null : new($$""", "invokedBy": "{{described.Via}}" """, organization);
    public Template Host { get; } =
        new(
            described.IsGlobal
                ? $"{described.Service}.amazonaws.com"
                : $"{described.Service}.@{{region}}.amazonaws.com",
            organization);
}
