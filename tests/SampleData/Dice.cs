namespace CloudTrailAggregation.SampleData;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014). It is cheap to seed for every event, so that an event depends only on seed and
/// number: days can be written in parallel, and copies made without keeping the original.
/// </summary>
internal struct Dice(ulong seed)
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    public static ulong Hash(ulong seed, ulong value) => Mix(seed ^ Mix(value + GoldenGamma));

    public ulong Next() => Mix(_state += GoldenGamma);

    /// <summary>A number from 0 to <paramref name="count"/> - 1, all equally likely.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number from 0 (inclusive) to 1 (exclusive).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// A number from 0 to <paramref name="count"/> - 1; low numbers are far more frequent. Of 160 roles the first has a
    /// fifth of all uses, and half of the roles have nearly all uses.
    /// </summary>
    public int Skewed(int count)
    {
        double unit = Unit();
        return (int)(unit * unit * unit * count);
    }

    public T Pick<T>(ReadOnlySpan<T> pool) => pool[Below(pool.Length)];

    public void Shuffle<T>(T[] items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
