namespace CloudTrailAggregation.Local.Check;

/// <summary>Receives the records of a source object: the check of them, or the search for damage.</summary>
internal interface IRecordReceiver
{
    /// <summary>Whether a reject was added in part.</summary>
    bool InReject { get; }

    /// <summary>Whether <see cref="EndBatchAsync"/> must be called before more records are added.</summary>
    bool IsFull { get; }

    /// <summary>
    /// Whether the object that was read last has a member Records that is an array of objects: it holds records and is
    /// none itself.
    /// </summary>
    bool HoldsRecords { get; }

    /// <summary>Reads the JSON object that the text begins with.</summary>
    /// <returns>False if there is none, or it is longer than a record may be.</returns>
    bool TryRead(ReadOnlySpan<byte> text, out int length);

    /// <summary>Adds the object that was read last.</summary>
    void AddObject(ReadOnlySpan<byte> text, SourcePosition position);

    /// <summary>Adds a reject, or a fragment of one.</summary>
    /// <param name="text">The reject or the fragment.</param>
    /// <param name="position">Where it is in the object.</param>
    /// <param name="isLast">Whether the reject ends with this text.</param>
    void AddReject(ReadOnlySpan<byte> text, SourcePosition position, bool isLast);

    /// <summary>Does what cannot be done while text is borrowed.</summary>
    Task EndBatchAsync(CancellationToken cancellation);
}
