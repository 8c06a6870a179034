namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>A part of the product together with an oracle that shares no code with it.</summary>
internal interface ITarget
{
    string Name { get; }

    /// <summary>A new input, decided by the dice alone.</summary>
    byte[] Generate(Random dice, Corpus corpus);

    /// <summary>Runs the part over the input. Any exception is a finding.</summary>
    void Run(byte[] input);
}
